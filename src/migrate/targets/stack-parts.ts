import type { Bench } from '../bench.ts';
import { listOf, valueAt, type Manifest } from '../manifest.ts';

/** A Service without a selector: where it leads is said by an EndpointSlice. */
export function selectorlessService(namespace: string, name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports: [{ name: 'postgres', port: 5432, targetPort: 5432, protocol: 'TCP' }] },
  };
}

/** Base backups that Spilo keeps; older ones go with their write-ahead log (spilo, ENVIRONMENT.rst). */
const backupsKept = 14;

/** Environment of Spilo for WAL-G, with the bucket under the name that the provider's storage has there. */
export function spiloEnvironment(
  bench: Bench,
  cluster: Manifest,
  bucket: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const env = {
    USE_WALG_BACKUP: 'true',
    USE_WALG_RESTORE: 'true',
    CLONE_USE_WALG_RESTORE: 'true',
    BACKUP_NUM_TO_RETAIN: `${backupsKept}`,
    ...more,
    [bucket]: 'bucket.invalid',
  };
  const had = listOf(valueAt(cluster, ['spec', 'env'])).filter(
    ({ name }) => !Object.hasOwn(env, String(name)),
  );
  const value = [...had, ...Object.entries(env).map(([name, text]) => ({ name, value: text }))];
  bench.set(cluster, ['spec', 'env'], value, {
    rule: 'database',
    before: had.length === 0 ? '(not set)' : had.map(({ name }) => String(name)).join(', '),
    after: `base backups and write-ahead log into BACKUP_BUCKET by WAL-G, ${backupsKept} kept`,
    why: 'On one machine the only copies of the data were on its disk. The bucket outlives the cluster, and lets the database be restored to any second.',
  });
}
