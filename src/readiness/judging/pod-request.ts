import { quantity } from '../../domain/quantity.ts';
import { allContainers, longRunning, type PodSpec } from '../world/pod-spec.ts';

export type Resource = 'cpu' | 'memory';

function requestOf({ resources }: PodSpec['containers'][number], resource: Resource): number {
  const text = resources.requests[resource] ?? resources.limits[resource];
  return text === undefined ? 0 : quantity(text);
}

/**
 * What the scheduler sets aside for a pod, cores or bytes: the sum of what runs together, or the largest that prepares it
 * (kubernetes.io, Init Containers, Resource sharing).
 */
export function podRequest(pod: PodSpec, resource: Resource): number {
  const running = longRunning(pod).reduce((sum, container) => sum + requestOf(container, resource), 0);
  const starting = allContainers(pod).map((container) => requestOf(container, resource));
  return Math.max(running, ...starting, 0);
}

/** Cores and bytes as people write them. */
export function amountText(value: number, resource: Resource): string {
  if (resource === 'cpu') return `${Math.round(value * 1000)}m`;
  const mebibytes = value / 2 ** 20;
  return mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GiB` : `${Math.round(mebibytes)} MiB`;
}
