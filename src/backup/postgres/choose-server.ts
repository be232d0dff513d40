import { seen } from '../../domain/looked.ts';
import type { DatabaseFacts, PodFacts } from '../../domain/observation.ts';
import { takesWrites } from '../../domain/takes-writes.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import type { ServerInPod } from './psql-session.ts';

/** Nothing of this database can be read that would be worth keeping. */
export class NoServerToRead extends ExplainedError {
  override readonly name = 'NoServerToRead';
}

/** Servers that a backup may read, the best first. */
export interface ServersToRead {
  readonly primary: ServerInPod;
  /** A standby that streams: it spares the primary, and what it has not replayed yet is waited for. */
  readonly standby?: ServerInPod;
}

/** Spilo's and the lab's container of PostgreSQL; the first one where there is no such name. */
const usualContainer = 'postgres';

function serverIn(pod: PodFacts, superuser: string): ServerInPod {
  const names = pod.containers.map(({ name }) => name);
  const container = names.includes(usualContainer) ? usualContainer : (names[0] ?? usualContainer);
  return { namespace: pod.namespace, pod: pod.name, container, superuser };
}

/**
 * Which servers may be read, from a fresh look: the primary that takes writes, and a standby that receives its WAL. Throws
 * NoServerToRead without a primary: a standby alone may have less than what was acknowledged.
 */
export function serversToRead(
  database: DatabaseFacts,
  pods: readonly PodFacts[],
  superuser: string,
): ServersToRead {
  const primary = seen(database.primary);
  const podOf = (name: string) => pods.find((pod) => pod.name === name && !pod.deleting);
  const leader = primary === undefined ? undefined : podOf(primary.pod);
  if (!takesWrites(database) || leader === undefined)
    throw new NoServerToRead({
      what: `There is no primary of ${database.cluster} to take a backup of`,
      cause: database.primary.looked ? 'it is in recovery' : database.primary.why,
      place: `namespace ${database.namespace}`,
      next: 'Bring the stack back first: `rekindle up`.',
    });
  const streaming = database.members.flatMap(({ pod: name, standby }) => {
    const facts = standby === undefined ? undefined : seen(standby);
    const pod = podOf(name);
    return facts?.receives === true && pod !== undefined ? [{ pod, behind: facts.behindBytes }] : [];
  });
  const [best] = streaming.toSorted((a, b) => a.behind - b.behind);
  return {
    primary: serverIn(leader, superuser),
    ...(best && { standby: serverIn(best.pod, superuser) }),
  };
}
