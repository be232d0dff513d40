import type { BackupManifest, PartDetails } from './manifest.ts';

/** Kinds of parts that hold what was written; all others say how the stack is made. */
const dataKinds: ReadonlySet<PartDetails['kind']> = new Set(['cluster', 'database', 'redis', 'uploads']);

/** Kinds of parts that come from the servers of a database cluster. */
const clusterKinds: ReadonlySet<PartDetails['kind']> = new Set(['cluster', 'database', 'roles']);

/**
 * What keeps data in the stack and has no part in the backup, a sentence each: such a backup may be whole in itself and is none of the
 * stack. Of an older one, which does not say what the stack had, only that it holds no data at all. Pure.
 */
export function absentFrom({
  expected,
  parts,
}: Pick<BackupManifest, 'expected' | 'parts'>): readonly string[] {
  const details = parts.map(({ of }) => of);
  const clusters = new Set(
    details.flatMap((of) => ('cluster' in of && clusterKinds.has(of.kind) ? [of.cluster] : [])),
  );
  const copies = new Set(details.flatMap((of) => (of.kind === 'redis' ? [of.redis] : [])));
  const { databaseClusters = [], redis = [] } = expected ?? {};
  return [
    ...databaseClusters
      .filter((name) => !clusters.has(name))
      .map((name) => `database cluster ${name} belongs to the stack and is not in it`),
    ...redis
      .filter((name) => !copies.has(name))
      .map((name) => `Redis ${name} belongs to the stack and is not in it`),
    ...(details.some(({ kind }) => dataKinds.has(kind))
      ? []
      : ['it holds no data: no database, no Redis, no files']),
  ];
}
