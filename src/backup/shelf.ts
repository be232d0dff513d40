import type { KeyObject } from 'node:crypto';
import { Readable } from 'node:stream';

import type { BackupStore } from '../ports/backup-store.ts';
import { causeText } from '../record/explained-error.ts';
import { readSigned, type Proof, type Statement } from './evidence.ts';
import { manifestName, parseManifest, type BackupManifest } from './manifest.ts';
import { readText } from './read-text.ts';

/** What is known of one backup without reading its parts. */
export interface ShelvedBackup {
  readonly id: string;
  readonly manifest?: BackupManifest;
  /** Why its manifest cannot be used. */
  readonly trouble?: string;
  /** The newest examination that was signed here and told something, else the newest that could not tell; undefined: none. */
  readonly proof?: Proof;
  /** How many pieces of evidence lie beside it that this key has not signed. */
  readonly foreign: number;
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

/** The evidence beside a backup. */
interface Evidence {
  /** What this key has signed of this backup, newest first. */
  readonly own: readonly Statement[];
  readonly foreign: number;
}

async function evidenceOf(
  store: BackupStore,
  id: string,
  publicKey: KeyObject | undefined,
): Promise<Evidence> {
  const names = (await store.names(id)).filter((name) => evidenceName.test(name));
  if (publicKey === undefined) return { own: [], foreign: names.length };
  const own: Statement[] = [];
  for (const name of names.toSorted().toReversed()) {
    try {
      const statement = readSigned((await readText(store, id, name)) ?? '', publicKey);
      if (statement.predicate.backup === id) own.push(statement);
    } catch {
      // Not signed by us, or damaged: then it proves nothing, and an older one may.
      continue;
    }
  }
  return { own, foreign: names.length - own.length };
}

/** Whether what was proven are the very files that the manifest names now. */
function isOfTheseFiles({ subject }: Statement, manifest: BackupManifest | undefined): boolean {
  const proven = new Map(subject.map(({ name, digest: { sha256 } }) => [name, sha256]));
  const parts = manifest?.parts ?? [];
  return (
    manifest !== undefined &&
    subject.length === parts.length &&
    parts.every(({ file, storedSha256 }) => proven.get(file) === storedSha256)
  );
}

/** An attempt that could not tell takes nothing from what was told before. */
function proofIn(own: readonly Statement[], manifest: BackupManifest | undefined): Proof | undefined {
  const counted = own.filter(
    (statement) => statement.predicate.verdict !== 'proven' || isOfTheseFiles(statement, manifest),
  );
  const told = counted.find(({ predicate }) => predicate.verdict !== 'could-not-tell');
  return (told ?? counted[0])?.predicate;
}

async function manifestIn(
  store: BackupStore,
  id: string,
): Promise<Pick<ShelvedBackup, 'manifest' | 'trouble'>> {
  const text = await readText(store, id, manifestName);
  if (text === undefined) return { trouble: 'its manifest is missing' };
  try {
    return { manifest: parseManifest(text) };
  } catch (error) {
    return { trouble: `its manifest cannot be read: ${causeText(error)}` };
  }
}

/** One backup as it lies on the shelf; what others have put there as evidence is no proof. */
export async function shelved(
  store: BackupStore,
  id: string,
  publicKey: KeyObject | undefined,
): Promise<ShelvedBackup> {
  const { own, foreign } = await evidenceOf(store, id, publicKey);
  const found = await manifestIn(store, id);
  const proof = proofIn(own, found.manifest);
  return { id, ...found, ...(proof && { proof }), foreign };
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
