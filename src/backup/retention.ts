import type { ProofVerdict } from './evidence.ts';

/** How many backups are kept; of each day, week and month one counts: the newest proven one, else the newest. */
export interface Retention {
  readonly last: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

/** What retention needs to know of a backup. */
export interface KeptBackup {
  readonly id: string;
  /** ms since the epoch; undefined: nobody knows when it was made. */
  readonly at: number | undefined;
  /** What is known of it; undefined: nobody has examined it. */
  readonly verdict: ProofVerdict | undefined;
}

/** Why a backup is kept. */
export type KeepReason = 'last' | 'daily' | 'weekly' | 'monthly' | 'newest proven' | 'unknown age';

const dayMs = 86_400_000;

/** The Thursday of the week decides to which year a week belongs (ISO 8601); all in UTC. */
function weekOf(at: number): string {
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  return new Date(at + (3 - weekday) * dayMs).toISOString().slice(0, 10);
}

const buckets = {
  daily: (at: number) => new Date(at).toISOString().slice(0, 10),
  weekly: weekOf,
  monthly: (at: number) => new Date(at).toISOString().slice(0, 7),
} as const;

const isProven = ({ verdict }: Pick<KeptBackup, 'verdict'>): boolean => verdict === 'proven';

/**
 * Which backups of one stack are kept and why; all others may go. The newest one that was proven is always kept, whatever its age, and so
 * is one of which nobody knows the age. A bad one takes no place of another; only where all are bad they are counted. Pure.
 */
export function keptBackups(
  backups: readonly KeptBackup[],
  retention: Retention,
): ReadonlyMap<string, readonly KeepReason[]> {
  const kept = new Map<string, KeepReason[]>();
  const keep = (id: string, why: KeepReason): void => void kept.set(id, [...(kept.get(id) ?? []), why]);
  const all = backups
    .flatMap(({ id, at, verdict }) => (at === undefined ? [] : [{ id, at, verdict }]))
    .toSorted((a, b) => b.at - a.at);
  const good = all.filter(({ verdict }) => verdict !== 'bad');
  const newestFirst = good.length === 0 ? all : good;
  for (const { id } of newestFirst.slice(0, retention.last)) keep(id, 'last');
  for (const [why, bucketOf] of Object.entries(buckets)) {
    const name = why as keyof typeof buckets;
    const inBuckets = Map.groupBy(newestFirst, ({ at }) => bucketOf(at));
    for (const bucket of [...inBuckets.values()].slice(0, retention[name])) {
      const best = bucket.find(isProven) ?? bucket[0];
      if (best !== undefined) keep(best.id, name);
    }
  }
  const proven = newestFirst.find(isProven);
  if (proven !== undefined) keep(proven.id, 'newest proven');
  for (const { id, at } of backups) if (at === undefined) keep(id, 'unknown age');
  return kept;
}
