import { kubeletReports, leaseMs } from '../../domain/kubelet-reports.ts';
import { seen } from '../../domain/looked.ts';
import type { NodeContainer, Observation, PodFacts } from '../../domain/observation.ts';

/** Labels of the Zalando operator: what one of its members may do is Patroni's to say. */
function isDatabaseMember({ labels }: PodFacts): boolean {
  return labels['application'] === 'spilo' || labels['cluster-name'] !== undefined;
}

/**
 * Whether the kubelet itself has seen the end of every container since its node started (times have whole seconds) and
 * no init container runs: a sidecar is one that goes on beside the others.
 */
function allEndedSince(pod: PodFacts, node: NodeContainer): boolean {
  return (
    pod.containers.length > 0 &&
    pod.initContainers.every(({ state }) => state !== 'running') &&
    pod.containers.every(
      ({ state, lastExit }) =>
        (state === 'waiting' || state === 'terminated') && (lastExit?.finishedAt ?? 0) >= node.startedAt,
    )
  );
}

/**
 * Why a pod of a StatefulSet must not be deleted; undefined when no container of it can still run: two at once would
 * write to the same volume. The deletion is the normal one, which waits for the kubelet's word.
 */
export function statefulPodObjection(pod: PodFacts, observation: Observation): string | undefined {
  if (isDatabaseMember(pod)) return 'it is a member of a database, which Patroni alone may restart';
  const node = seen(observation.containers)?.find((container) => container.name === pod.node);
  if (node?.state !== 'running') return `its node ${pod.node ?? '(none)'} is not seen to run`;
  const facts = seen(observation.nodes)?.find((entry) => entry.name === pod.node);
  if (!kubeletReports(node, facts, observation.at))
    return `the kubelet of ${node.name} has not reported since its start or within ${leaseMs / 1000} s`;
  return allEndedSince(pod, node) ? undefined : 'a container of it may still run';
}
