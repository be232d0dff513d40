import { readDefinition } from './cluster/cluster-part.ts';
import type { PartDetails, UploadedEntry } from './manifest.ts';
import { readObjects } from './objects/read-objects.ts';
import { entryDifferences } from './uploads/compare-entries.ts';
import { ArchiveUnusable, listing } from './uploads/tar-entries.ts';

/** What reading a part has shown. */
export interface ProvenByReading {
  readonly checked: string;
  /** In what it is not what its manifest says. */
  readonly differences: readonly string[];
}

async function readThrough(plain: AsyncIterable<Buffer>): Promise<ProvenByReading> {
  for await (const _ of plain);
  return { checked: 'read whole, decrypted, and the same as it was', differences: [] };
}

async function provenDefinition(plain: AsyncIterable<Buffer>, cluster: string): Promise<ProvenByReading> {
  const checked = 'read whole, and a cluster can be made from it';
  // What is damaged must be told as such, so only what was read whole is looked into.
  const text: Buffer[] = [];
  for await (const chunk of plain) text.push(chunk);
  try {
    const { name } = await readDefinition(once(Buffer.concat(text)));
    return { checked, differences: name === cluster ? [] : [`it is of cluster ${name}`] };
  } catch (error) {
    return { checked, differences: [`it is no definition of a cluster: ${(error as Error).message}`] };
  }
}

async function provenUploads(
  plain: AsyncIterable<Buffer>,
  expected: readonly UploadedEntry[],
): Promise<ProvenByReading> {
  const found: UploadedEntry[] = [];
  try {
    for await (const _ of listing(plain, found));
  } catch (error) {
    // What the store or the key says comes first; this is about what was stored.
    if (!(error instanceof ArchiveUnusable)) throw error;
    return { checked: '', differences: [error.message] };
  }
  const checked = `read whole; ${found.length} files and folders, each as it was`;
  return { checked, differences: entryDifferences(expected, found) };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Reads a part to its end and looks whether it is what its manifest says. Throws what reading throws: damaged, another key. */
export async function provenByReading(
  plain: AsyncIterable<Buffer>,
  of: PartDetails,
): Promise<ProvenByReading> {
  switch (of.kind) {
    case 'objects': {
      const { objects, differences } = await readObjects(plain, of);
      const checked = `read whole; ${objects.length} objects, each as it was and one that can be made`;
      return { checked, differences };
    }
    case 'cluster-definition':
      return provenDefinition(plain, of.cluster);
    case 'uploads':
      return provenUploads(plain, of.entries);
    case 'cluster':
    case 'database':
    case 'image':
    case 'redis':
    case 'roles':
      return readThrough(plain);
  }
}
