import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';

import { ownerText } from '../../backup/choose-backup.ts';
import { evidenceKeyFile, signingKey } from '../../backup/keys.ts';
import { missingFrom } from '../../backup/missing.ts';
import { shelf, type ShelvedBackup } from '../../backup/shelf.ts';
import { chosenTarget, readInputs } from '../../app/wire.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import type { BackupPlaceOptions } from './backup-options.ts';
import { storeToRead } from './backup-session.ts';

/** The key that evidence is held against; none was ever made: no evidence can be ours. */
export function evidenceKey(keyFile: string | undefined): KeyObject | undefined {
  const file = evidenceKeyFile(keyFile);
  return existsSync(file) ? signingKey(file).publicKey : undefined;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function line({ id, manifest, trouble, proof, foreign }: ShelvedBackup): string {
  const missing = missingFrom(manifest).length;
  const size = manifest?.parts.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const state =
    proof === undefined
      ? foreign > 0
        ? 'never verified here, but with another key'
        : 'never verified here'
      : {
          proven: `proven ${proof.at}${missing === 0 ? '' : `, incomplete (${missing} missing)`}`,
          bad: `BAD, found ${proof.at}`,
          'could-not-tell': `not known, tried ${proof.at}`,
        }[proof.verdict];
  const owner = manifest === undefined ? '' : `of ${ownerText(manifest)}, `;
  const what = trouble ?? `${owner}${manifest?.parts.length ?? 0} files, ${megabytes(size ?? 0)}`;
  return `${id}  ${what}; ${state}`;
}

/** Context whose backups are meant; a place that is named needs none. */
export async function backupContext(
  options: CommonOptions & BackupPlaceOptions,
  signal: AbortSignal,
): Promise<string> {
  if (options.at !== undefined) return '';
  const inputs = readInputs({ ...options, signal });
  try {
    const { context, cluster } = await chosenTarget(inputs);
    return context ?? cluster;
  } finally {
    inputs.store.close();
  }
}

/** `rekindle backup list`: reads manifests and evidence, not the backups themselves. */
export async function backupList(
  options: CommonOptions & BackupPlaceOptions,
  signal: AbortSignal,
): Promise<number> {
  const store = storeToRead(options.at, await backupContext(options, signal));
  const found = await shelf(store, evidenceKey(options.key));
  const unfinished = await store.unfinished();
  const text = [
    ...(found.length === 0
      ? [`No backup in ${store.place}. Make one: rekindle backup create`]
      : found.map(line)),
    ...unfinished.map(
      (id) =>
        `${id}  unfinished: the next \`rekindle backup create\` of its stack goes on with it, or removes it when its last part is older than an hour`,
    ),
  ].join('\n');
  answer(options, 'backup list', { text, json: { place: store.place, backups: found, unfinished } });
  return exitCodes.healthy;
}
