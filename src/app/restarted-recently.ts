import { seen } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';

/** A component that started less than this ago may still fall over, ms (design: Verify). */
const recentMs = 60_000;

/** Whether any pod's container or any node's container started less than a minute before the observation. */
export function restartedRecently(observation: Observation): boolean {
  const { at } = observation;
  const recent = (startedAt: number | undefined) => startedAt !== undefined && at - startedAt < recentMs;
  const nodes = seen(observation.containers) ?? [];
  const pods = seen(observation.pods) ?? [];
  return (
    nodes.some((node) => recent(node.startedAt)) ||
    pods.some((pod) => pod.containers.some((container) => recent(container.startedAt)))
  );
}
