import type { PodFacts } from './observation.ts';

const runs = ({ state }: PodFacts['containers'][number]): boolean => state === 'running';

/**
 * Names of the containers that would be missed if the pod were deleted: the usual ones that run, and an ephemeral one that
 * somebody looks around with (`kubectl debug`). An init container that goes on as a sidecar (kubernetes.io, Sidecar
 * containers) is there for the usual ones only.
 */
export function workingContainers({ containers, ephemeralContainers }: PodFacts): readonly string[] {
  return [...containers, ...ephemeralContainers].filter(runs).map(({ name }) => name);
}

/** Whether any container of the pod runs and may write to its volumes: one that works, or an init container. */
export function anyContainerRuns(pod: PodFacts): boolean {
  return workingContainers(pod).length > 0 || pod.initContainers.some(runs);
}
