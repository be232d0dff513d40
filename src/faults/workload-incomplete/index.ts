import type { Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { Observation, WorkloadFacts } from '../../domain/observation.ts';
import { hasLabels, isFresh } from '../../domain/pod-selection.ts';
import { defineFault, type CheckContext } from '../define-fault.ts';
import { workloadLayer } from '../workload-layer.ts';

/** What comes up within this time needs no explanation, seconds. */
const worthTellingSeconds = 30;

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
  const claim = `${workload.name}: ${working.length} of ${workload.wanted} pods are ready since the boot.${patience}`;
  return [{ ...shared, kind: 'settling', claim, evidence }];
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
