import { partsOf } from '../manifest.ts';
import { claimOf } from './claim-of.ts';
import { groupsIn } from './groups-in.ts';
import type { ReadBackup } from './read-backup.ts';

/**
 * Claims whose files are in the backup and come back into no volume: what uses them is made last, and runs at once (a DaemonSet, a CronJob), or
 * is made by an operator. Pure.
 */
export function claimsNotPutBack(
  backup: Pick<ReadBackup, 'manifest' | 'details' | 'objects'>,
): readonly string[] {
  const { workloads } = groupsIn(backup);
  return partsOf(backup.manifest, 'uploads')
    .map(({ of }) => of.claim)
    .filter((claim) => claimOf(workloads, claim) === undefined);
}
