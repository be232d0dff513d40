import type { ContainerFacts, PodFacts } from './observation.ts';

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

/** Longest wait of any kubelet (kubernetes pkg/kubelet/kubelet.go, MaxCrashLoopBackOff), ms. */
export const longestBackOffMs = 300_000;

/**
 * A pod that waits is looked at again after 10 s, lengthened at random by up to a half (kubernetes pkg/kubelet/kubelet.go,
 * backOffPeriod; pkg/kubelet/pod_workers.go, workerBackOffPeriodJitterFactor): so much later than its wait ends a container
 * may be started, ms.
 */
const nextLookMs = 15_000;

function backsOff({ state, reason }: ContainerFacts): boolean {
  return state === 'waiting' && reason === 'CrashLoopBackOff';
}

/**
 * The wait that the kubelet's message names, ms; undefined when it names none. The message is "back-off 1m20s restarting
 * failed container=..." (kubernetes pkg/kubelet/kuberuntime, doBackOff).
 */
function namedWait({ message = '' }: ContainerFacts): number | undefined {
  const written = /back-off ((?:\d+[hms])+)/.exec(message)?.[1];
  if (written === undefined) return undefined;
  let ms = 0;
  for (const [, count, unit] of written.matchAll(/(\d+)([hms])/g))
    ms += Number(count) * (unitMs[unit ?? 's'] ?? 0);
  return ms;
}

/**
 * Seconds that the kubelet will still wait before it starts a crashed container again; undefined when it does not
 * wait or does not say how long. The wait counts from the container's end (kubernetes pkg/kubelet/kuberuntime, doBackOff),
 * which a clock that was set back since puts into the future: never more than the whole wait.
 */
export function remainingBackOff(container: ContainerFacts, now: number): number | undefined {
  const wait = namedWait(container);
  const finishedAt = container.lastExit?.finishedAt;
  if (!backsOff(container) || wait === undefined || finishedAt === undefined) return undefined;
  return (Math.min(0, finishedAt - now) + wait) / 1000;
}

/**
 * So much later than its wait ends a container is usually started, ms: at the next look of the kubelet (see `nextLookMs`).
 * Measured after losses of power, named wait 10 s: started 11 to 20 s after its end, median 17 s (n = 78, nginx and Redis of
 * the lab).
 */
const usuallyLateMs = 7000;

/** Seconds until the kubelet will have started a crashed container again, as a rule; negative: any moment now. */
export function expectedStart(container: ContainerFacts, now: number): number | undefined {
  const seconds = remainingBackOff(container, now);
  return seconds === undefined ? undefined : seconds + usuallyLateMs / 1000;
}

/** The containers of the pod that wait out a crash back-off, init containers among them: the kubelet treats both alike. */
export function backingOff({ initContainers, containers }: PodFacts): readonly ContainerFacts[] {
  return [...initContainers, ...containers].filter((container) => backsOff(container));
}

/** Whether a container of the pod waits out a crash back-off. */
export function isBackingOff(pod: PodFacts): boolean {
  return backingOff(pod).length > 0;
}

/**
 * When the kubelet has started every waiting container of the pod again at the latest, ms since the epoch; undefined when
 * that cannot be known. Where its message does not say how long it waits, it is taken to wait as long as it ever does.
 */
export function startedAgainBy(pod: PodFacts): number | undefined {
  const ends = backingOff(pod).map((container) => {
    const { finishedAt = Number.NaN } = container.lastExit ?? {};
    return finishedAt + (namedWait(container) ?? longestBackOffMs) + nextLookMs;
  });
  const last = Math.max(...ends);
  return ends.length === 0 || Number.isNaN(last) ? undefined : last;
}
