import type { ContainerFacts } from '../../domain/observation.ts';

const unitSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/**
 * Seconds that the kubelet will still wait before it starts a crashed container again; undefined when it does not
 * wait. The kubelet's message is "back-off 10s restarting failed container=..." (kubernetes
 * pkg/kubelet/kuberuntime, doBackOff); the wait counts from the container's end, which a clock that was set back since
 * puts into the future: never more than the whole wait.
 */
export function remainingBackOff(container: ContainerFacts, now: number): number | undefined {
  if (container.state !== 'waiting' || container.reason !== 'CrashLoopBackOff') return undefined;
  const written = /back-off ((?:\d+[hms])+)/.exec(container.message ?? '')?.[1];
  const finishedAt = container.lastExit?.finishedAt;
  if (written === undefined || finishedAt === undefined) return undefined;
  let seconds = 0;
  for (const [, count, unit] of written.matchAll(/(\d+)([hms])/g))
    seconds += Number(count) * (unitSeconds[unit ?? 's'] ?? 1);
  return Math.min(0, (finishedAt - now) / 1000) + seconds;
}
