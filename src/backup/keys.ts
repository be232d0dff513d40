import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { configDirectory } from '../record/paths.ts';
import { causeText, ExplainedError } from '../record/explained-error.ts';
import { registerSecret } from '../record/redact.ts';
import { newIdentity, recipientOf } from './encryption.ts';
import { writeNewPrivately } from './private-file.ts';

/** The key of backups cannot be used. */
export class KeyUnusable extends ExplainedError {
  override readonly name = 'KeyUnusable';
}

/** What reads and what signs backups. */
export interface BackupKeys {
  /** Where the identity lies; whoever loses it loses every backup. */
  readonly file: string;
  readonly identities: readonly string[];
  /** The public half of the first identity. */
  readonly recipient: string;
  /** True: it was made just now. */
  readonly isNew: boolean;
}

/** Where the key lies unless the user says otherwise. */
export function usualKeyFile(): string {
  return path.join(configDirectory(), 'backup.key');
}

function unusable(file: string, cause: string): KeyUnusable {
  const next =
    'Name the file with --key, or bring it back from the copy that you keep elsewhere: a new key reads no backup that ' +
    'was made with another. If you have no backups yet, `rekindle backup create` makes one.';
  return new KeyUnusable({ what: 'The key of the backups cannot be used', cause, place: file, next });
}

/** Nobody else may read a key that reads every order of the shop. */
function assertPrivate(file: string): void {
  if ((statSync(file).mode & 0o077) !== 0) throw unusable(file, 'others may read it: chmod 600');
}

/** The identities of a key file in the format of age: one a line, `#` begins a comment. Throws KeyUnusable. */
export async function readKeys(file = usualKeyFile()): Promise<BackupKeys> {
  if (!existsSync(file)) throw unusable(file, 'it is not there');
  assertPrivate(file);
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  for (const identity of identities) registerSecret(identity);
  const [first] = identities;
  if (first === undefined) throw unusable(file, 'it holds no identity (AGE-SECRET-KEY-1...)');
  try {
    return { file, identities, recipient: await recipientOf(first), isNew: false };
  } catch (error) {
    throw unusable(file, causeText(error));
  }
}

/** The same; a new key is made where there is none. */
export async function keysOrNew(file = usualKeyFile()): Promise<BackupKeys> {
  if (existsSync(file)) return readKeys(file);
  const { identity, recipient } = await newIdentity();
  registerSecret(identity);
  const text = [
    '# Reads every backup that was made with it. Keep a copy in another place: without it no backup can be read.',
    `# public key: ${recipient}`,
    identity,
    '',
  ].join('\n');
  writeNewPrivately(file, text);
  return { file, identities: [identity], recipient, isNew: true };
}

/** The key that signs evidence lies beside the one that reads backups. */
export function evidenceKeyFile(keyFile = usualKeyFile()): string {
  return path.join(path.dirname(keyFile), 'evidence.key');
}

/** The key that signs evidence; made at its first use. */
export function signingKey(file: string): {
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
} {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeNewPrivately(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  assertPrivate(file);
  try {
    const key = createPrivateKey(readFileSync(file));
    return { key, publicKey: createPublicKey(key) };
  } catch (error) {
    throw unusable(file, causeText(error));
  }
}
