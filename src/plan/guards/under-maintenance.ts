import { databaseBehind } from '../../domain/database-behind.ts';
import { seen } from '../../domain/looked.ts';
import {
  maintenanceAnnotation,
  maintenanceNow,
  maintenanceText,
  type MaintenanceMark,
} from '../../domain/maintenance.ts';
import type { Observation, PodFacts } from '../../domain/observation.ts';
import type { ObjectRef } from '../../domain/object-ref.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
import type { Stack } from '../../domain/stack.ts';
import { defineGuard } from './define-guard.ts';

/** The label by which the operator marks the pods of a database cluster (postgres-operator, `cluster_name_label`). */
const clusterLabel = 'cluster-name';

type Labels = Readonly<Record<string, string>>;

/** Marks on the workloads of a namespace whose pods have these labels. */
function marksOfWorkloads(
  namespace: string,
  labels: Labels,
  observation: Observation,
): readonly MaintenanceMark[] {
  return (seen(observation.workloads) ?? [])
    .filter((entry) => entry.namespace === namespace && hasLabels({ labels }, entry.selector))
    .flatMap(({ kind, name, maintenance }) =>
      maintenance === undefined ? [] : [{ kind, name, text: maintenance }],
    );
}

/** Marks on the operator's database cluster of that name. */
function marksOfCluster(cluster: string | undefined, observation: Observation): readonly MaintenanceMark[] {
  const marks = seen(observation.maintenance)?.marks ?? [];
  return marks.filter(({ kind, name }) => kind === 'postgresql' && name === cluster);
}

/** Marks on a pod and on everything that it belongs to. */
function marksOfPod(pod: PodFacts, observation: Observation): readonly MaintenanceMark[] {
  const text = maintenanceText(pod.annotations);
  return [
    ...(text === undefined ? [] : [{ kind: 'Pod', name: pod.name, text }]),
    ...marksOfWorkloads(pod.namespace, pod.labels, observation),
    ...marksOfCluster(pod.labels[clusterLabel], observation),
  ];
}

/** Marks on the pooler that logs in with a role, which has the pooler's name here, and on the database that has the role. */
function marksOfRole(
  { namespace, name }: ObjectRef,
  observation: Observation,
  stack: Stack,
): readonly MaintenanceMark[] {
  const pooler = stack.poolers.find((entry) => entry.namespace === namespace && entry.name === name);
  if (pooler === undefined) return [];
  const database = databaseBehind(pooler, stack);
  return [
    ...marksOfWorkloads(pooler.namespace, pooler.podLabels, observation),
    ...marksOfWorkloads(pooler.namespace, database?.memberLabels ?? {}, observation),
    ...marksOfCluster(database?.cluster, observation),
  ];
}

/** The mark on a node or workload itself; the cluster's DNS is none of the stack's workloads. */
function marksOfObject(
  { kind, namespace, name }: ObjectRef,
  observation: Observation,
): readonly MaintenanceMark[] {
  const workloads = [...(seen(observation.workloads) ?? []), ...(seen(observation.dns)?.workloads ?? [])];
  const facts =
    kind === 'Container'
      ? seen(observation.nodes)?.find((node) => node.name === name)
      : workloads.find(
          (entry) => entry.kind === kind && entry.namespace === namespace && entry.name === name,
        );
  return facts?.maintenance === undefined ? [] : [{ kind, name, text: facts.maintenance }];
}

function marksOn(
  { target }: PlannedStep,
  observation: Observation,
  stack: Stack,
): readonly MaintenanceMark[] {
  const marks = seen(observation.maintenance)?.marks ?? [];
  const above = target.namespace === stack.namespace ? marks.filter(({ kind }) => kind === 'Namespace') : [];
  if (target.kind === 'Role') return [...marksOfRole(target, observation, stack), ...above];
  if (target.kind !== 'Pod') return [...marksOfObject(target, observation), ...above];
  const pod = seen(observation.pods)?.find(({ uid }) => uid === target.uid);
  return [...(pod === undefined ? [] : marksOfPod(pod, observation)), ...above];
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
