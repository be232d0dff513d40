import type { Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { Observation, WorkloadFacts } from '../../domain/observation.ts';
import { hasLabels, isFresh } from '../../domain/pod-selection.ts';
import type { Component, Stack } from '../../domain/stack.ts';
import { defineFault, type CheckContext } from '../define-fault.ts';
import { replicasToRestore, scaledByText, scaledToZeroEvidence } from '../scaled-to-zero.ts';
import { workloadLayer } from '../workload-layer.ts';

/** Names of the components that need this one, directly or through others. */
function dependents(name: string, { components }: Stack): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [name];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const { ref, dependsOn } of components) {
      const dependent = `${ref.kind}/${ref.name}`;
      if (!dependsOn.includes(next) || found.has(dependent)) continue;
      found.add(dependent);
      queue.push(dependent);
    }
  }
  return found;
}

function works(component: Component, observation: Observation): boolean {
  const containers = seen(observation.containers);
  return (seen(observation.pods) ?? []).some(
    (pod) => hasLabels(pod, component.podLabels) && pod.ready && !pod.deleting && isFresh(pod, containers),
  );
}

/** What is missing while this workload is: the components that need it, or the front door that it is itself. */
function missingWithout(workload: WorkloadFacts, observation: Observation, stack: Stack): readonly string[] {
  const needed = dependents(`${workload.kind}/${workload.name}`, stack);
  const doorLabels = Object.entries(stack.frontDoor?.podLabels ?? {});
  const isDoor =
    doorLabels.length > 0 && doorLabels.every(([key, value]) => workload.selector[key] === value);
  return [
    ...(isDoor ? ['the front door'] : []),
    ...stack.components
      .filter((entry) => needed.has(`${entry.ref.kind}/${entry.ref.name}`) && !works(entry, observation))
      .map(({ ref }) => ref.name),
  ];
}

function judge(workload: WorkloadFacts, observation: Observation, { stack }: CheckContext): Finding {
  const missing = missingWithout(workload, observation, stack);
  return {
    fault: 'workload-scaled-to-zero',
    layer: workloadLayer(workload, stack),
    object: { kind: workload.kind, namespace: workload.namespace, name: workload.name },
    claim:
      `${workload.name} was scaled to 0${scaledByText(workload)}: somebody wants it so.` +
      (missing.length === 0 ? '' : ` Without it these do not work: ${missing.join(', ')}.`),
    kind: missing.length === 0 ? 'notice' : 'broken',
    evidence: scaledToZeroEvidence(workload, observation.at),
    byHand: `kubectl -n ${workload.namespace} scale ${workload.kind.toLowerCase()}/${workload.name} --replicas=${replicasToRestore(workload)}`,
    causedBy: [],
  };
}

/**
 * Somebody scaled a workload of the stack to 0. That is a wish, not damage: it is told with who and when, and the way
 * back is printed, but nobody but a person takes it back.
 */
export const workloadScaledToZero = defineFault({
  id: 'workload-scaled-to-zero',
  layer: 'app',
  title: 'A workload was scaled to 0',
  check: (observation, context) =>
    (seen(observation.workloads) ?? [])
      .filter(({ wanted }) => wanted === 0)
      .map((workload) => judge(workload, observation, context)),
  remedy: () => [],
});
