import { posix } from 'node:path';

import type { NodeFile } from '../../ports/cluster-provider.ts';
import { blockBytes, describing, readTarHeader, regular } from './tar-header.ts';

/**
 * The regular files of a whole tar archive, by their own names without folders. A file whose name stands in an extended
 * header (longer than 100 bytes) is left out: nobody may act on a name that is not known. Throws when the archive is cut short.
 */
export function filesInArchive(archive: Buffer): readonly NodeFile[] {
  const files: NodeFile[] = [];
  let named = true;
  for (let at = 0; at + blockBytes <= archive.length;) {
    const header = readTarHeader(archive.subarray(at, at + blockBytes));
    // Two blocks of zeros end an archive.
    if (header === undefined) return files;
    const from = at + blockBytes;
    const bytes = archive.subarray(from, from + header.size);
    if (bytes.length < header.size) throw new Error('the archive ended before the file did');
    const { name, kind, modifiedAt } = header;
    if (named && regular.has(kind)) files.push({ name: posix.basename(name), bytes, modifiedAt });
    named = !describing.has(kind);
    at = from + Math.ceil(header.size / blockBytes) * blockBytes;
  }
  return files;
}
