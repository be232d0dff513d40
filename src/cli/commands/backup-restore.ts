import path from 'node:path';

import { chooseBackup, type Owner } from '../../backup/choose-backup.ts';
import { readKeys } from '../../backup/keys.ts';
import { partsOf, type BackupManifest, type PartOf } from '../../backup/manifest.ts';
import { startCommands, unpackHere } from '../../backup/physical/unpack-here.ts';
import { decompressed } from '../../backup/physical/zstd.ts';
import {
  openCommand,
  restoreBeside,
  swapCommands,
  type RestoredBeside,
} from '../../backup/postgres/restore-beside.ts';
import { readPart } from '../../backup/store-part.ts';
import type { BackupStore } from '../../ports/backup-store.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession } from '../session.ts';
import { backupContext } from './backup-list.ts';
import type { BackupRestoreOptions } from './backup-options.ts';
import { namedOwner, ownerOf } from './backup-owner.ts';
import { readableServers } from './backup-servers.ts';
import { storeToRead } from './backup-session.ts';

type Options = CommonOptions & BackupRestoreOptions;
type DatabasePart = PartOf<'database'>;

function wrong(what: string, cause: string, next: string): UsageError {
  return new UsageError({ what, cause, place: 'rekindle backup restore', next });
}

/** The database that is meant: the only one, or the one that is named. Throws UsageError. */
export function chosenPart(
  manifest: BackupManifest,
  { database: wanted, cluster }: Pick<BackupRestoreOptions, 'database' | 'cluster'>,
): DatabasePart {
  const { id } = manifest;
  const databases = partsOf(manifest, 'database').filter(
    ({ of }) => cluster === undefined || of.cluster === cluster,
  );
  const chosen = wanted === undefined ? databases : databases.filter(({ of }) => of.database === wanted);
  const [only, ...others] = chosen;
  if (only !== undefined && others.length === 0) return only;
  const where = cluster === undefined ? '' : ` of ${cluster}`;
  if (databases.length === 0)
    throw wrong(
      `${id} holds no database${where}`,
      'its manifest names none',
      'Choose another: rekindle backup list',
    );
  throw wrong(
    wanted === undefined ? `${id} holds several databases` : `${id} has not exactly one database ${wanted}`,
    `there are ${databases.map(({ of }) => `${of.database} of ${of.cluster}`).join(', ')}`,
    'Name one with --database, and with --cluster where two have one of that name.',
  );
}

/** The server's files that are meant: the only ones, or those of the cluster that is named. Throws UsageError. */
export function chosenFiles(manifest: BackupManifest, wanted: string | undefined): PartOf<'cluster'> {
  const { id } = manifest;
  const parts = partsOf(manifest, 'cluster');
  const [only, ...others] = wanted === undefined ? parts : parts.filter(({ of }) => of.cluster === wanted);
  if (only !== undefined && others.length === 0) return only;
  if (parts.length === 0)
    throw wrong(
      `${id} has no files of a server`,
      'it was made without --physical',
      'Choose another: rekindle backup list',
    );
  throw wrong(
    wanted === undefined ? `${id} has files of several servers` : `${id} has no files of ${wanted}`,
    `there are those of ${parts.map(({ of }) => of.cluster).join(', ')}`,
    'Name one with --cluster.',
  );
}

function resultText(
  part: DatabasePart,
  { name, differences, unfit, seconds }: RestoredBeside,
  commands: readonly string[],
): string {
  const { database } = part.of;
  if (differences.length > 0)
    return [
      `bad: ${name} was restored and is not what was backed up. Nothing uses it; ${database} was not touched.`,
      ...differences.map((text) => `  ${text}`),
    ].join('\n');
  const proven = `${part.of.tables.length} tables compared row by row, ${seconds.toFixed(0)} s`;
  if (unfit !== undefined)
    return [
      `restored: ${name} is back (${proven}), but not its settings and rights (ALTER DATABASE ... SET, ALTER ROLE ... IN DATABASE, GRANT and REVOKE ON DATABASE): ${unfit}`,
      'So only superusers can log in. Mend the cause, drop it and restore it again; or give them by hand, then let its clients in:',
      ...commands,
    ].join('\n');
  if (name === database) return `restored: ${database} is back (${proven}).`;
  return [
    `restored: ${name}, beside ${database}, which was not touched (${proven}).`,
    `Look at it: only superusers can log in. To use it in the place of ${database} (its clients are cut off for a moment, the old one stays as ${name}_before):`,
    ...commands,
  ].join('\n');
}

/** Each of these options asks for a restore of its own kind: of two, one would not be done. Throws UsageError. */
export function assertOneKind({ fromNothing, uploads, files }: BackupRestoreOptions): void {
  const kinds = [
    ...(fromNothing === true ? ['--from-nothing'] : []),
    ...(uploads === undefined ? [] : ['--uploads']),
    ...(files === undefined ? [] : ['--files']),
  ];
  if (kinds.length < 2) return;
  throw wrong(
    'These options do not go together',
    `${kinds.join(' and ')} are restores of different kinds`,
    'Name one of them, and run the command again for the other.',
  );
}

/** Files need no server to be unpacked, and nothing of the cluster. */
async function restoreFiles(
  options: Options & { readonly files: string },
  signal: AbortSignal,
  wanted: string | undefined,
): Promise<number> {
  const { identities } = await readKeys(options.key);
  const known = await backupContext(options, signal);
  const store = storeToRead(options.at, known);
  const manifest = await chosenManifest(store, wanted, namedOwner(options, known));
  const part = chosenFiles(manifest, options.cluster);
  const folder = path.resolve(options.files);
  const files = await unpackHere(
    decompressed(readPart(store, manifest.id, part, identities), part.file),
    folder,
  );
  const { endLsn, serverVersion, cluster } = part.of;
  const commands = startCommands(folder, Math.floor(serverVersion / 10_000));
  const text = [
    `unpacked: ${files} files of ${cluster} in ${folder}, as they were at ${endLsn}. Nothing else was touched.`,
    'To look into them with a server of their own:',
    ...commands,
  ].join('\n');
  const json = { place: store.place, backup: manifest.id, folder, files, commands };
  answer(options, 'backup restore', { text, json });
  return exitCodes.healthy;
}

async function chosenManifest(
  store: BackupStore,
  wanted: string | undefined,
  meant: Partial<Owner>,
): Promise<BackupManifest> {
  const chosen = await chooseBackup(store, wanted, meant);
  const what = `There is no backup ${wanted === undefined ? '' : `${wanted} `}that can be restored`;
  if ('why' in chosen) throw wrong(what, chosen.why, chosen.next);
  const { id, manifest, trouble } = chosen;
  if (manifest !== undefined) return manifest;
  throw wrong(what, `${id}: ${trouble ?? ''}`, 'Name another one by its id: rekindle backup list');
}

/** `rekindle backup restore`: beside the database that is in use; the swap is a person's. */
export async function backupRestore(
  options: Options,
  signal: AbortSignal,
  [wanted]: readonly string[],
): Promise<number> {
  const { fromNothing, uploads, files } = options;
  assertOneKind(options);
  if (fromNothing === true)
    return (await import('./backup-rebuild.ts')).backupRebuild(options, signal, wanted);
  if (uploads !== undefined)
    return (await import('./backup-uploads.ts')).backupUploads(options, signal, { wanted, to: uploads });
  if (files !== undefined) return restoreFiles({ ...options, files }, signal, wanted);
  const session = await openSession(options, signal, true);
  try {
    const { identities } = await readKeys(options.key);
    const store = storeToRead(options.at, session.target.context);
    const manifest = await chosenManifest(store, wanted, ownerOf(session));
    const part = chosenPart(manifest, options);
    const servers = (await readableServers(session)).databases.get(part.of.cluster);
    if (servers === undefined)
      throw wrong(
        `There is no database cluster ${part.of.cluster} here`,
        'this stack has none of that name',
        'Name the stack with --context or --namespace.',
      );
    session.log.say(`restoring ${part.of.database} of ${manifest.id} (${part.bytes} bytes)`);
    const { programs, context } = session;
    const restored = await restoreBeside({ programs, clock: context.clock }, servers.primary, {
      details: part.of,
      backup: manifest.id,
      plain: () => readPart(store, manifest.id, part, identities),
    });
    const { primary } = servers;
    const swap = swapCommands(primary, part.of.database, restored.name);
    const commands = restored.unfit === undefined ? swap : openCommand(primary, restored.name);
    const text = resultText(part, restored, commands);
    answer(options, 'backup restore', {
      text,
      json: { place: store.place, backup: manifest.id, restored, swap },
    });
    const isWhole = restored.differences.length === 0 && restored.unfit === undefined;
    return isWhole ? exitCodes.healthy : exitCodes.broken;
  } finally {
    session.close();
  }
}
