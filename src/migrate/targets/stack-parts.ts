import type { Bench } from '../bench.ts';
import { listOf, valueAt, type Manifest } from '../manifest.ts';
import { removed } from '../plain-secrets/in-text.ts';

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

/**
 * Variables of Spilo that say where backups and logs go and who writes them there (spilo, ENVIRONMENT.rst); with `CLONE_` or
 * `STANDBY_` before them those of another cluster's.
 */
const formerStorage =
  /^((CLONE|STANDBY)_)?(AWS_|AZURE_|GS_|GOOGLE_APPLICATION_CREDENTIALS$|LOG_S3_|SWIFT_|WAL_BUCKET_|WAL[EG]?_(DISABLE_S3_SSE$|(AZ|GS|S3|SSH|SWIFT)_))/;

/**
 * Takes the old cluster's store (a MinIO on this machine, as a rule) out of the database: its endpoint and its key would win over
 * the bucket of the target. Each is a row.
 */
export function dropFormerStorage(bench: Bench, cluster: Manifest): void {
  const env = listOf(valueAt(cluster, ['spec', 'env']));
  // From the end: what stands before keeps its place.
  for (const [index, { name, value }] of [...env.entries()].toReversed()) {
    if (!formerStorage.test(String(name))) continue;
    const text = typeof value === 'string' && value !== removed ? value : 'a secret or a reference';
    bench.remove(cluster, ['spec', 'env', index], {
      rule: 'database',
      before: `${String(name)}: ${text}`,
      why: 'It says where the old cluster keeps its backups. The target has a bucket of its own, and an identity instead of a key.',
    });
  }
  bench.remove(cluster, ['spec', 'clone'], {
    rule: 'database',
    before: 'from another cluster or its backups',
    why: 'It filled the old cluster when that was made. The target’s is filled by the cut-over, and would wait for a store that it does not reach.',
  });
  if (valueAt(cluster, ['spec', 'standby']) !== undefined)
    bench.task(
      'database',
      cluster,
      'It follows another cluster (spec.standby), and takes no writes as long as it does.',
      'Decide which of the two moves; on the target take spec.standby out in the overlay.',
    );
}

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
  const had = listOf(valueAt(bench.now(cluster), ['spec', 'env'])).filter(
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
