import type { PodFacts } from './observation.ts';

/**
 * Whether any container of the pod runs: beside the usual ones an init container that goes on as a sidecar
 * (kubernetes.io, Sidecar containers), and an ephemeral one that somebody looks around with (`kubectl debug`).
 */
export function anyContainerRuns({ containers, initContainers, ephemeralContainers }: PodFacts): boolean {
  return [...containers, ...initContainers, ...ephemeralContainers].some(({ state }) => state === 'running');
}
