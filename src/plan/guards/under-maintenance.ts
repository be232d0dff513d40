import { seen } from '../../domain/looked.ts';
import {
  maintenanceAnnotation,
  maintenanceNow,
  maintenanceText,
  type MaintenanceMark,
} from '../../domain/maintenance.ts';
import type { Observation, PodFacts } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
import type { Stack } from '../../domain/stack.ts';
import { defineGuard } from './define-guard.ts';

/** The label by which the operator marks the pods of a database cluster (postgres-operator, `cluster_name_label`). */
const clusterLabel = 'cluster-name';

/** Marks on a pod and on everything that it belongs to. */
function marksOfPod(pod: PodFacts, observation: Observation): readonly MaintenanceMark[] {
  const text = maintenanceText(pod.annotations);
  const own = text === undefined ? [] : [{ kind: 'Pod', name: pod.name, text }];
  const workloads = (seen(observation.workloads) ?? [])
    .filter(({ namespace, selector }) => namespace === pod.namespace && hasLabels(pod, selector))
    .flatMap(({ kind, name, maintenance }) =>
      maintenance === undefined ? [] : [{ kind, name, text: maintenance }],
    );
  const clusters = (seen(observation.maintenance) ?? []).filter(
    ({ kind, name }) => kind === 'postgresql' && pod.labels[clusterLabel] === name,
  );
  return [...own, ...workloads, ...clusters];
}

function marksOn(
  { target }: PlannedStep,
  observation: Observation,
  stack: Stack,
): readonly MaintenanceMark[] {
  const { kind, namespace, name, uid } = target;
  const above =
    namespace === stack.namespace
      ? (seen(observation.maintenance) ?? []).filter((mark) => mark.kind === 'Namespace')
      : [];
  if (kind === 'Pod') {
    const pod = seen(observation.pods)?.find((entry) => entry.uid === uid);
    return [...(pod === undefined ? [] : marksOfPod(pod, observation)), ...above];
  }
  const facts =
    kind === 'Container'
      ? seen(observation.nodes)?.find((node) => node.name === name)
      : seen(observation.workloads)?.find((entry) => entry.kind === kind && entry.name === name);
  const own = facts?.maintenance === undefined ? [] : [{ kind, name, text: facts.maintenance }];
  return [...own, ...above];
}

/** Somebody wants the object, or what it belongs to, to be left alone for now. */
export const underMaintenance = defineGuard({
  id: 'under-maintenance',
  judge: (step, { observation, stack }) => {
    for (const { kind, name, text } of marksOn(step, observation, stack)) {
      const howLong = maintenanceNow(text, observation.at);
      if (howLong === undefined) continue;
      return {
        reason: `${kind} ${name} is to be left alone ${howLong}.`,
        advice: `It was asked for by the annotation ${maintenanceAnnotation}; remove it to let this be done.`,
        kind: 'choice',
      };
    }
    return undefined;
  },
});
