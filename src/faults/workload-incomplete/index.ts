import type { Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { ContainerFacts, Observation, PodFacts, WorkloadFacts } from '../../domain/observation.ts';
import { hasLabels, isFresh, isOver } from '../../domain/pod-selection.ts';
import { defineFault, type CheckContext } from '../define-fault.ts';
import { workloadLayer } from '../workload-layer.ts';

/** What a kubelet says of every container that it has not started yet (kubernetes pkg/kubelet, container types). */
const starting: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

/** What comes up within this time needs no explanation, seconds. */
const worthTellingSeconds = 30;

function isHeldUp({ state, reason }: ContainerFacts): boolean {
  return state === 'waiting' && reason !== undefined && !starting.has(reason);
}

/** Why a pod is not ready, as far as its own status tells; undefined: it may only take its time. */
function reasonOf({ name, unscheduled, initContainers, containers }: PodFacts): string | undefined {
  if (unscheduled !== undefined) return `${name} has no node: ${unscheduled}`;
  const waiting = [...initContainers, ...containers].find(isHeldUp);
  if (waiting === undefined) return undefined;
  const { reason = '', message } = waiting;
  return `${waiting.name} of ${name}: ${message === undefined ? reason : `${reason}, ${message}`}`;
}

function judge(
  workload: WorkloadFacts,
  observation: Observation,
  { stack, usualStart }: CheckContext,
): Finding[] {
  const containers = seen(observation.containers);
  const pods = (seen(observation.pods) ?? []).filter((pod) => hasLabels(pod, workload.selector));
  const working = pods.filter((pod) => pod.ready && !pod.deleting && isFresh(pod, containers));
  const object = { kind: workload.kind, namespace: workload.namespace, name: workload.name };
  const shared = {
    fault: 'workload-incomplete',
    layer: workloadLayer(workload, stack),
    object,
    causedBy: [],
  };
  const evidence = [
    {
      object: `${workload.kind} ${workload.namespace}/${workload.name}`,
      field: 'pods ready since the boot / wanted',
      value: `${working.length} / ${workload.wanted}`,
      at: observation.at,
    },
  ];
  if (working.length >= workload.wanted) return [];
  const usual = usualStart?.(`${workload.kind}/${workload.name}`);
  const patience =
    usual === undefined || usual < worthTellingSeconds
      ? ''
      : ` They usually take about ${Math.round(usual)} s.`;
  const reasons = pods
    .filter((pod) => !working.includes(pod) && !pod.deleting && !isOver(pod))
    .flatMap((pod) => reasonOf(pod) ?? []);
  const why = reasons[0] === undefined ? '' : ` ${reasons[0].replace(/\.$/, '')}.`;
  const claim = `${workload.name}: ${working.length} of ${workload.wanted} pods are ready since the boot.${patience}${why}`;
  const told = reasons.map((value) => ({
    object: object.name,
    field: 'not ready',
    value,
    at: observation.at,
  }));
  return [{ ...shared, kind: 'settling', claim, evidence: [...evidence, ...told] }];
}

/** A workload has fewer pods that became ready since the boot than it wants; older Ready conditions do not count. */
export const workloadIncomplete = defineFault({
  id: 'workload-incomplete',
  layer: 'app',
  title: 'Pods are not ready yet',
  check: (observation, context) =>
    (seen(observation.workloads) ?? []).flatMap((workload) => judge(workload, observation, context)),
  remedy: () => [],
});
