import { Readable } from 'node:stream';

import { createBackup, type PartToTake } from '../../src/backup/create.ts';
import { signed, type Proof } from '../../src/backup/evidence.ts';
import type { BackupManifest } from '../../src/backup/manifest.ts';
import { shelveEvidence } from '../../src/backup/shelf.ts';
import type { BackupStore } from '../../src/ports/backup-store.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Nobody reads these backups: the key was thrown away. */
export const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

/** A part of a few bytes. */
export const smallPart: PartToTake = {
  file: 'db.roles.sql',
  title: 'roles of db',
  take: async (store) => ({
    stored: await store(Readable.from([Buffer.from('-- roles')])),
    of: { kind: 'roles', cluster: 'db', roles: [] },
  }),
};

/** What tests choose of a backup. */
export interface SmallBackup {
  /** ISO 8601. */
  readonly at: string;
  readonly stack?: string;
  readonly context?: string;
  /** What was to be in it and is not. */
  readonly missing?: string;
}

/** Makes a backup of a few bytes, as the program would have at that time. */
export async function smallBackup(
  store: BackupStore,
  { at, stack = 'shop', context = 'k3d-shop', missing }: SmallBackup,
): Promise<BackupManifest> {
  const tools = { store, clock: new VirtualClock(Date.parse(at)), recipients: [recipient] };
  const { signal } = new AbortController();
  const identity = { stack, context, tool: 'test' };
  const leftOut = missing === undefined ? [] : [{ what: missing, why: 'no pod', isMissing: true as const }];
  return createBackup({ ...tools, say: () => undefined, signal }, identity, [smallPart], leftOut);
}

type EvidenceKeys = Parameters<typeof signed>[2];

/** Puts signed evidence beside a backup, as an examination at that time would have. */
export async function examinedAs(
  store: BackupStore,
  { id, stack, parts }: BackupManifest,
  { verdict, at, keys }: Pick<Proof, 'verdict' | 'at'> & { readonly keys: EvidenceKeys },
): Promise<void> {
  const proof = { backup: id, stack, verdict, at, tool: 'test', seconds: 1, parts: [], reasons: [] };
  const subject = parts.map(({ file, storedSha256 }) => ({ name: file, sha256: storedSha256 }));
  await shelveEvidence(store, proof, signed(proof, subject, keys));
}
