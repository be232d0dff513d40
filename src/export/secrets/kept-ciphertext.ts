import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isFields, type Fields } from '../../harden/fields/fields.ts';
import { createDurably, createFolder } from '../../record/durable-file.ts';
import { replaceFile } from '../../record/replace-file.ts';
import type { ChosenSecret } from '../choose.ts';
import type { Sealing } from './sealed.ts';
import { plainManifest, type WriteSecret } from './secret-manifest.ts';

/** The key that digests are made with, in hexadecimal digits. */
const wholeKey = /^[0-9a-f]{64}$/;

/** The key of this user's digests; made when it is not there yet. Throws the system's error. */
function ownKey(folder: string): string {
  const file = join(folder, 'key');
  createDurably(file);
  if (!wholeKey.test(readFileSync(file, 'utf8'))) replaceFile(file, randomBytes(32).toString('hex'));
  return readFileSync(file, 'utf8');
}

/** What was kept before; a file that is cut off counts as nothing kept, and is written anew. */
function read(file: string): Fields | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isFields(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Encryption gives another text each time, and an export of an unchanged stack shall be the same bytes. So what came out is kept
 * (encrypted as it is) under a keyed digest of what went in, which says nothing to whoever has not the key; both are
 * in the state folder, which nobody else may read. Throws what `sealing.write` throws, and the system's error.
 */
export function keepingCiphertext(sealing: Sealing, folder: string): WriteSecret {
  createFolder(folder);
  const key = ownKey(folder);
  return async (secret: ChosenSecret) => {
    const input = JSON.stringify([sealing.recipient, secret.isOfOperator, plainManifest(secret)]);
    const digest = createHmac('sha256', key).update(input).digest('hex');
    const file = join(folder, `${digest}.json`);
    const kept = read(file);
    if (kept !== undefined) return kept;
    const made = await sealing.write(secret);
    createDurably(file);
    replaceFile(file, JSON.stringify(made));
    return made;
  };
}
