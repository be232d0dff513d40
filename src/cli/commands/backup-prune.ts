import { isOf, ownerText, type Owner } from '../../backup/choose-backup.ts';
import { keptBackups, type KeepReason, type Retention } from '../../backup/retention.ts';
import { countedVerdict } from '../../backup/missing.ts';
import { shelf, type ShelvedBackup } from '../../backup/shelf.ts';
import type { BackupStore } from '../../ports/backup-store.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { backupContext, evidenceKey } from './backup-list.ts';
import type { BackupPruneOptions } from './backup-options.ts';
import { namedOwner } from './backup-owner.ts';
import { storeToRead } from './backup-session.ts';

type Options = CommonOptions & BackupPruneOptions;

function retentionOf(options: BackupPruneOptions) {
  const { keepLast = 0, keepDaily = 0, keepWeekly = 0, keepMonthly = 0 } = options;
  if (keepLast + keepDaily + keepWeekly + keepMonthly === 0)
    throw new UsageError({
      what: 'It is not said what to keep',
      cause: 'without a rule every backup but one would go',
      place: 'rekindle backup prune',
      next: 'Say it, for example: --keep-last 3 --keep-daily 7 --keep-weekly 4',
    });
  return { last: keepLast, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly };
}

/** It is not known what may be deleted. */
class PruneRefused extends ExplainedError {
  override readonly name = 'PruneRefused';
}

/** What went and what stays, and why. */
export interface Pruned {
  readonly deleted: readonly string[];
  readonly kept: ReadonlyMap<string, readonly KeepReason[]>;
}

/** What is deleted from, and by what it is judged. */
export interface PruneOptions extends Pick<BackupPruneOptions, 'key' | 'dryRun'> {
  /** Only backups of this stack, as far as it is named. */
  readonly meant: Partial<Owner>;
}

/** Whose a backup is, in a word; undefined: its manifest does not tell. */
const whose = ({ manifest }: ShelvedBackup) => (manifest === undefined ? undefined : ownerText(manifest));

/** Without the key of the evidence nobody can tell which one may not be deleted. Throws PruneRefused. */
function refuseForeign(store: BackupStore, ofOne: readonly ShelvedBackup[]): void {
  const foreign = ofOne.filter((backup) => backup.foreign > 0);
  const [first] = foreign;
  if (first === undefined || ofOne.some(({ proof }) => proof?.verdict === 'proven')) return;
  const owner = whose(first);
  throw new PruneRefused({
    what: 'Nothing is deleted',
    cause: `${foreign.length} backups${owner === undefined ? '' : ` of ${owner}`} were examined, and this key has signed none of what proves one: it is not known which was proven`,
    place: store.place,
    next: 'Name with --key the key that they were made with, whose evidence.key lies beside it; or prove the newest with this one: rekindle backup verify.',
  });
}

/** Deletes what no rule keeps, of each stack for itself; never the newest of a stack that was proven. Throws PruneRefused, then nothing is deleted. */
export async function pruneBackups(
  store: BackupStore,
  retention: Retention,
  { key, dryRun = false, meant }: PruneOptions,
  signal: AbortSignal,
): Promise<Pruned> {
  const all = await shelf(store, evidenceKey(key));
  const found = all.filter(({ manifest }) => manifest === undefined || isOf(manifest, meant));
  const kept = new Map<string, readonly KeepReason[]>();
  for (const ofOne of Map.groupBy(found, whose).values()) {
    refuseForeign(store, ofOne);
    const known = ofOne.map(({ id, manifest, proof }) => ({
      id,
      at: manifest === undefined ? undefined : Date.parse(manifest.startedAt),
      verdict: countedVerdict(manifest, proof?.verdict),
    }));
    for (const [id, why] of keptBackups(known, retention)) kept.set(id, why);
  }
  const deleted = found.map(({ id }) => id).filter((id) => !kept.has(id));
  for (const id of deleted) {
    if (dryRun) break;
    signal.throwIfAborted();
    await store.remove(id);
  }
  return { deleted, kept };
}

/** `rekindle backup prune`: deletes what no rule keeps. */
export async function backupPrune(options: Options, signal: AbortSignal): Promise<number> {
  const retention = retentionOf(options);
  const store = storeToRead(options.at, await backupContext(options, signal));
  const { deleted: gone, kept } = await pruneBackups(
    store,
    retention,
    { ...options, meant: namedOwner(options, '') },
    signal,
  );
  const word = options.dryRun === true ? 'would delete' : 'deleted';
  const text = [
    ...gone.map((id) => `${word} ${id}`),
    ...[...kept].map(([id, why]) => `kept ${id} (${why.join(', ')})`),
    ...(gone.length + kept.size === 0 ? [`No backup in ${store.place}.`] : []),
  ].join('\n');
  const json = {
    place: store.place,
    deleted: gone,
    kept: Object.fromEntries(kept),
    dryRun: options.dryRun === true,
  };
  answer(options, 'backup prune', { text, json });
  return exitCodes.healthy;
}
