import { seen } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import { isOfJob } from '../domain/pod-selection.ts';

/** A component that started less than this ago may still fall over, ms (design: Verify). */
const recentMs = 60_000;

/** Kubernetes cuts its times down to whole seconds, ms. */
const roundingMs = 1000;

/**
 * Whether any pod's container or any node's container started less than a minute before the observation and was not
 * yet part of a proof. `provenAt`: when the last run ended with the stack healthy (it had waited out the stability
 * window if anything was young then), ms since the epoch.
 */
export function restartedRecently(observation: Observation, provenAt: number | undefined): boolean {
  // A proof that lies ahead was made before the clock was set back: nothing of today can be compared with it.
  const proven = provenAt !== undefined && provenAt <= observation.at ? provenAt : 0;
  const since = Math.max(observation.at - recentMs, proven);
  const recent = (startedAt: number | undefined) => startedAt !== undefined && startedAt + roundingMs > since;
  const nodes = seen(observation.containers) ?? [];
  // A Job's pod comes and goes by its schedule, and serves nobody that could be proven.
  const pods = (seen(observation.pods) ?? []).filter((pod) => !isOfJob(pod));
  return (
    nodes.some((node) => recent(node.startedAt)) ||
    pods.some((pod) => pod.containers.some((container) => recent(container.startedAt)))
  );
}
