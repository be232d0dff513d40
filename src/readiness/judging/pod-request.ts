import { quantity } from '../../domain/quantity.ts';
import { allContainers, longRunning, type ContainerSpec, type PodSpec } from '../world/pod-spec.ts';

export type Resource = 'cpu' | 'memory';
export type Side = 'requests' | 'limits';

/** What a container says of a resource: a limit alone is its request as well. */
function amountOf({ resources }: ContainerSpec, resource: string, side: Side): number {
  const { requests, limits } = resources;
  const text = side === 'limits' ? limits[resource] : (requests[resource] ?? limits[resource]);
  return text === undefined ? 0 : quantity(text);
}

/**
 * What is set aside for a pod, or what it may use, cores or bytes: the sum of what runs together, or the largest that prepares
 * it (kubernetes.io, Init Containers, Resource sharing).
 */
export function podAmount(pod: PodSpec, resource: string, side: Side): number {
  const running = longRunning(pod).reduce((sum, container) => sum + amountOf(container, resource, side), 0);
  const starting = allContainers(pod).map((container) => amountOf(container, resource, side));
  return Math.max(running, ...starting, 0);
}

/** What the scheduler sets aside for a pod, cores or bytes. */
export function podRequest(pod: PodSpec, resource: Resource): number {
  return podAmount(pod, resource, 'requests');
}

/** Cores and bytes as people write them. */
export function amountText(value: number, resource: Resource): string {
  if (resource === 'cpu') return `${Math.round(value * 1000)}m`;
  const mebibytes = value / 2 ** 20;
  return mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GiB` : `${Math.round(mebibytes)} MiB`;
}
