import type { StoredEvent } from '../domain/journal-event.ts';
import { seen } from '../domain/looked.ts';
import type { Observation, PodFacts } from '../domain/observation.ts';
import { hasLabels, isFresh } from '../domain/pod-selection.ts';
import type { Component, Stack } from '../domain/stack.ts';

/** So many of the last starts of a component say what is usual. */
const remembered = 5;

/**
 * Seconds from the start of the pod's last container until the pod was ready, without the time in which it could only wait
 * for what it needs (`neededSince`, ms since the epoch); undefined when it was not seen.
 */
function startSeconds({ readySince, containers }: PodFacts, neededSince: number): number | undefined {
  const started = Math.max(...containers.map(({ startedAt }) => startedAt ?? Number.NaN), neededSince);
  if (readySince === undefined || Number.isNaN(started) || readySince < started) return undefined;
  return (readySince - started) / 1000;
}

/** When the last of the components that this one needs became ready, ms since the epoch; 0 when it needs none. */
function readyBefore({ dependsOn }: Component, { components }: Stack, pods: readonly PodFacts[]): number {
  const needed = components.filter(({ ref }) => dependsOn.includes(`${ref.kind}/${ref.name}`));
  const times = needed.flatMap(({ podLabels }) =>
    pods.filter((pod) => hasLabels(pod, podLabels)).map(({ readySince = 0 }) => readySince),
  );
  return Math.max(0, ...times);
}

/**
 * How long each component took from its container's start, once what it needs was ready, to readiness, seconds, by `kind/name`; the slowest of its pods
 * counts. Only what started since the boot and within `since` (ms since the epoch): older starts were measured before.
 */
export function measuredStarts(
  observation: Observation,
  stack: Stack,
  since: number,
): Readonly<Record<string, number>> {
  const nodes = seen(observation.containers);
  const pods = (seen(observation.pods) ?? []).filter(
    (pod) =>
      pod.ready && isFresh(pod, nodes) && pod.containers.some(({ startedAt = 0 }) => startedAt >= since),
  );
  return Object.fromEntries(
    stack.components.flatMap((component) => {
      const { ref, podLabels } = component;
      const neededSince = readyBefore(component, stack, seen(observation.pods) ?? []);
      const seconds = pods
        .filter((pod) => hasLabels(pod, podLabels))
        .flatMap((pod) => startSeconds(pod, neededSince) ?? []);
      return seconds.length === 0 ? [] : [[`${ref.kind}/${ref.name}`, Math.max(...seconds)]];
    }),
  );
}

/** What is usual for each component, seconds: the median of its last starts in these events. */
export function usualStarts(events: readonly StoredEvent[]): ReadonlyMap<string, number> {
  const byName = new Map<string, number[]>();
  for (const event of events) {
    if (event.type !== 'starts-measured') continue;
    for (const [name, seconds] of Object.entries(event.seconds))
      byName.set(name, [...(byName.get(name) ?? []), seconds].slice(-remembered));
  }
  return new Map(
    [...byName].map(([name, seconds]) => {
      const sorted = seconds.toSorted((a, b) => a - b);
      return [name, sorted[Math.floor((sorted.length - 1) / 2)] ?? 0];
    }),
  );
}
