import { rememberedFor, worthRestartingSeconds } from '../../domain/failed-lookups.ts';
import type { PodFacts } from '../../domain/observation.ts';
import { failedLookups } from '../../observe/collectors/poolers.ts';
import type { ActContext } from '../define-step.ts';
import { onConsole, partsOf } from './pooler-target.ts';
import { restartPod } from './restart-pod.ts';

/**
 * Connections to servers that are there. One in the state `new` may still wait for the very lookup that fails (pgbouncer.org,
 * Usage: SHOW SERVERS; src/objects.c gives a connection this state before it looks the name up).
 */
function connections(rows: readonly Readonly<Record<string, string | null>>[]): number {
  return rows.filter(({ state }) => state !== 'new').length;
}

/**
 * Why this PgBouncer is not to be replaced; undefined when it still turns everybody away. What was seen of it is seconds old, in
 * which it may have looked the name up again: then a deletion would drop clients that it serves.
 */
async function objection(pod: PodFacts, context: ActContext): Promise<string | undefined> {
  if (pod.deleting) return 'it is being deleted';
  const { pooler, database } = partsOf(pod, context);
  const [lookups, servers] = await Promise.all([
    failedLookups(context, { pooler, pod, database }),
    onConsole(context, pooler, pod.name, ['SHOW SERVERS']),
  ]);
  const seconds = rememberedFor(lookups);
  if (seconds === 0) return 'it remembers no failed lookup any more';
  if (seconds < worthRestartingSeconds) return `it looks its server up again in ${seconds} s`;
  const count = connections(servers);
  return count === 0 ? undefined : `it has ${count} connection(s) to a server, by which it may serve clients`;
}

/** Replaces a PgBouncer that remembers a failed lookup: nothing else makes it forget. */
export const restartPooler = restartPod('restart-pooler', objection);
