import type { KeyObject } from 'node:crypto';
import { Readable } from 'node:stream';

import type { BackupStore } from '../ports/backup-store.ts';
import { causeText } from '../record/explained-error.ts';
import { readSigned, type Proof } from './evidence.ts';
import { manifestName, parseManifest, type BackupManifest } from './manifest.ts';
import { readText } from './read-text.ts';

/** What is known of one backup without reading its parts. */
export interface ShelvedBackup {
  readonly id: string;
  readonly manifest?: BackupManifest;
  /** Why its manifest cannot be used. */
  readonly trouble?: string;
  /** The newest examination of it that was signed here; undefined: none. */
  readonly proof?: Proof;
}

/** Evidence lies beside the parts that it is about. */
const evidenceName = /^proof-\d{8}T\d{6}Z\.json$/;

function nameOf({ at }: Proof): string {
  return `proof-${at.replaceAll(/[-:]|\.\d+/g, '')}.json`;
}

/** Puts signed evidence beside the backup. */
export async function shelveEvidence(store: BackupStore, proof: Proof, text: string): Promise<void> {
  await store.put(proof.backup, nameOf(proof), Readable.from([Buffer.from(text)], { objectMode: false }));
}

/** The newest evidence that this key has signed; what others have put there does not count. */
async function newestProof(
  store: BackupStore,
  id: string,
  publicKey: KeyObject | undefined,
): Promise<Proof | undefined> {
  if (publicKey === undefined) return undefined;
  const names = (await store.names(id)).filter((name) => evidenceName.test(name));
  for (const name of names.toSorted().toReversed()) {
    try {
      const { predicate } = readSigned((await readText(store, id, name)) ?? '', publicKey);
      if (predicate.backup === id) return predicate;
    } catch {
      // Not signed by us, or damaged: then it proves nothing, and an older one may.
      continue;
    }
  }
  return undefined;
}

/** One backup as it lies on the shelf. */
export async function shelved(
  store: BackupStore,
  id: string,
  publicKey: KeyObject | undefined,
): Promise<ShelvedBackup> {
  const proof = await newestProof(store, id, publicKey);
  const text = await readText(store, id, manifestName);
  if (text === undefined) return { id, trouble: 'its manifest is missing', ...(proof && { proof }) };
  try {
    return { id, manifest: parseManifest(text), ...(proof && { proof }) };
  } catch (error) {
    return { id, trouble: `its manifest cannot be read: ${causeText(error)}`, ...(proof && { proof }) };
  }
}

/** All backups of a store, oldest first. */
export async function shelf(
  store: BackupStore,
  publicKey: KeyObject | undefined,
): Promise<readonly ShelvedBackup[]> {
  const found: ShelvedBackup[] = [];
  for (const id of await store.ids()) found.push(await shelved(store, id, publicKey));
  return found;
}
