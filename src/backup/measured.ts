import { z } from 'zod';

import type { Proof } from './evidence.ts';
import type { BackupManifest } from './manifest.ts';

/** Sizes and times of one database, or of several together: what `backup create --json` tells and `migrate --measured` reads. */
export const measuredTimes = z.object({
  /** Size of the database, bytes. */
  databaseBytes: z.number().int().positive(),
  /** `pg_dump`, with the digests of every row taken beside it, seconds. */
  dumpSeconds: z.number().positive(),
  /** `pg_restore` into a scratch PostgreSQL, seconds. */
  restoreSeconds: z.number().positive(),
  /** Digests of every table of the restored copy, seconds. */
  verifySeconds: z.number().positive(),
});
export type MeasuredTimes = z.infer<typeof measuredTimes>;

/** The same with its name. */
export const measuredDatabase = measuredTimes.extend({ cluster: z.string(), database: z.string() });
export type MeasuredDatabase = z.infer<typeof measuredDatabase>;

/** What a backup and its proof have measured of each database that was proven; one that was not has no times. */
export function measuredDatabases(
  manifest: BackupManifest | undefined,
  { parts }: Proof,
): readonly MeasuredDatabase[] {
  const proven = new Map(
    parts.map(({ file, differences, measured }) => [file, differences.length === 0 ? measured : undefined]),
  );
  return (manifest?.parts ?? []).flatMap(({ file, of, seconds }) => {
    const measured = proven.get(file);
    if (of.kind !== 'database' || measured === undefined) return [];
    const { cluster, database, bytes: databaseBytes } = of;
    return [{ cluster, database, databaseBytes, dumpSeconds: seconds, ...measured }];
  });
}
