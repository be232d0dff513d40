import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import type { BackupStore } from '../ports/backup-store.ts';
import { decrypted, encrypted } from './encryption.ts';
import type { BackupPart } from './manifest.ts';

/** What was stored of a part: all of its entry but what it is of. */
export type StoredPart = Pick<BackupPart, 'file' | 'bytes' | 'sha256' | 'storedBytes' | 'storedSha256'>;

/** Counts and digests what flows through. */
async function* measured(
  bytes: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
  count: (length: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    count(chunk.length);
    yield chunk;
  }
}

/** Encrypts a part on its way into the store; when its source fails, nothing is there under that name. */
export async function storePart(
  { store, recipients }: { readonly store: BackupStore; readonly recipients: readonly string[] },
  id: string,
  file: string,
  plain: AsyncIterable<Buffer>,
): Promise<StoredPart> {
  const hash = createHash('sha256');
  let bytes = 0;
  const source = Readable.from(
    measured(plain, hash, (length) => (bytes += length)),
    { objectMode: false },
  );
  const sealed = await encrypted(source, recipients);
  const stored = await store.put(id, file, sealed);
  return {
    file,
    bytes,
    sha256: hash.digest('hex'),
    storedBytes: stored.bytes,
    storedSha256: stored.sha256,
  };
}

/** A stored part is not what its manifest says. */
export class PartDiffers extends Error {
  override readonly name = 'PartDiffers';
}

/**
 * The plain bytes of a stored part. The stream fails with PartDiffers at its end when it was not exactly what the manifest
 * says, and with NotDecrypted where it is damaged: only what came to a good end may be used.
 */
export async function* readPart(
  store: BackupStore,
  id: string,
  part: StoredPart,
  identities: readonly string[],
): AsyncGenerator<Buffer> {
  const stored = await store.get(id, part.file);
  if (stored === undefined) throw new PartDiffers(`${part.file} is missing in ${store.place}/${id}`);
  const [storedHash, hash] = [createHash('sha256'), createHash('sha256')];
  let [storedBytes, bytes] = [0, 0];
  const source = Readable.from(
    measured(stored, storedHash, (length) => (storedBytes += length)),
    {
      objectMode: false,
    },
  );
  const place = `${part.file} in ${store.place}/${id}`;
  const plain = await decrypted(source, identities, place);
  yield* measured(plain, hash, (length) => (bytes += length));
  if (storedBytes !== part.storedBytes || storedHash.digest('hex') !== part.storedSha256)
    throw new PartDiffers(
      `${place} is not the file that was stored (${storedBytes} of ${part.storedBytes} bytes)`,
    );
  if (bytes !== part.bytes || hash.digest('hex') !== part.sha256)
    throw new PartDiffers(`${place} does not hold what was backed up (${bytes} of ${part.bytes} bytes)`);
}
