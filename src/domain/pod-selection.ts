import type { NodeContainer, PodFacts } from './observation.ts';

/** True when the pod carries all of these labels; an empty selector selects nothing, so that nobody acts on everything. */
export function hasLabels(pod: Pick<PodFacts, 'labels'>, labels: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(labels);
  return entries.length > 0 && entries.every(([key, value]) => pod.labels[key] === value);
}

/**
 * Whether the pod's containers were started after their node's container: after a power cut the API serves the
 * state from before it until the kubelet reports again, so anything older than the node's start is stale.
 * Kubernetes times have whole seconds, hence the second of slack.
 */
export function isFresh(pod: PodFacts, containers: readonly NodeContainer[] | undefined): boolean {
  const node = containers?.find((container) => container.name === pod.node);
  if (node === undefined) return true;
  return (
    node.state === 'running' &&
    pod.containers.length > 0 &&
    pod.containers.every((container) => (lastChange(container) ?? 0) >= node.startedAt - 1000)
  );
}

/**
 * Whether an init container was started since. Until the last of them is done the others keep the state that they had when
 * the power went (kubernetes pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses): a pod whose init container waits
 * for something is not stuck.
 */
export function isInitialising({ initContainers }: PodFacts, since: number): boolean {
  return initContainers.some(({ state, startedAt, lastExit }) =>
    state === 'running' ? (startedAt ?? 0) >= since : (lastExit?.startedAt ?? 0) >= since,
  );
}

/** Whether the pod's kubelet has reported of it since its node's start: it is fresh, or on the way to be. */
export function isReported(pod: PodFacts, containers: readonly NodeContainer[] | undefined): boolean {
  const node = containers?.find((container) => container.name === pod.node);
  return (
    isFresh(pod, containers) || (node?.state === 'running' && isInitialising(pod, node.startedAt - 1000))
  );
}

/**
 * Whether the pod is done for good: its kubelet starts none of its containers again (kubernetes.io, Pod lifecycle, pod phase).
 * So ends a pod of a Job that ran when the power went; its Job has made another one, or counts it as failed.
 */
export function isOver({ phase }: PodFacts): boolean {
  return phase === 'Failed' || phase === 'Succeeded';
}

/** Whether the pod comes and goes beside what serves: its Job counts the attempts, and has a back-off of its own. */
export function isOfJob({ owner }: Pick<PodFacts, 'owner'>): boolean {
  return owner?.kind === 'Job';
}

/** How a container ended, as far as it is known. */
interface Exit {
  readonly reason?: string | null | undefined;
  readonly exitCode?: number | null | undefined;
}

/**
 * Whether the container ended with its node: containerd writes this for a process that it finds gone when it starts (containerd,
 * CRI restart code). A program that ends itself with 255 has another reason.
 */
export function endedWithItsNode(exit: Exit | null | undefined): boolean {
  return exit?.reason === 'Unknown' && exit.exitCode === 255;
}

/**
 * When the container last did something that shows its node at work. A container that ended with the power is given the
 * time of its discovery as its end, after the boot: only its start tells that nobody has started it since.
 */
function lastChange({ state, startedAt, lastExit }: PodFacts['containers'][number]): number | undefined {
  if (state === 'running') return startedAt;
  return endedWithItsNode(lastExit) ? lastExit?.startedAt : lastExit?.finishedAt;
}
