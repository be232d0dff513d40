import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

import { firstBytes } from './first-bytes.ts';

/**
 * The payload of an age file (age-encryption.org/v1, C2SP, "Payload"): ChaCha20-Poly1305 over chunks of 64 KiB. OpenSSL does it
 * and not the age library, whose cipher is JavaScript: 400 to 700 MB/s beside 145 (200 MB, n = 3), which is seconds of a restore
 * of 3 GB. Who may open the file is told by its header, which stays the library's (`age-header.ts`).
 */
const cipher = 'chacha20-poly1305';

const chunkBytes = 64 * 1024;

const tagBytes = 16;

const nonceBytes = 16;

/** A key that is used for one payload only: made of the file's key and a nonce that begins the payload. */
function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** Counts the chunks: 11 bytes of counter, big endian, and one that marks the last chunk. */
function chunkNonces(): (isLast: boolean) => Buffer {
  let chunk = 0;
  return (isLast) => {
    const nonce = Buffer.alloc(12);
    // 48 bits of chunks are 16 EiB.
    nonce.writeUIntBE(chunk, 5, 6);
    nonce[11] = isLast ? 1 : 0;
    chunk += 1;
    return nonce;
  };
}

/** Pieces of just this size, and the last one of what is left; only the piece of an empty source is empty. Each is used up before the next. */
async function* inPieces(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ readonly piece: Buffer; readonly isLast: boolean }> {
  const piece = Buffer.alloc(size);
  let used = 0;
  for await (let bytes of source) {
    while (bytes.length > 0) {
      // A full piece waits until it is known whether it was the last one.
      if (used === size) {
        yield { piece, isLast: false };
        used = 0;
      }
      const taken = Math.min(size - used, bytes.length);
      piece.set(bytes.subarray(0, taken), used);
      used += taken;
      bytes = bytes.subarray(taken);
    }
  }
  yield { piece: piece.subarray(0, used), isLast: true };
}

/** Encrypts: the nonce, then the chunks. */
export async function* sealedPayload(
  plain: AsyncIterable<Uint8Array>,
  fileKey: Uint8Array,
): AsyncGenerator<Buffer> {
  const nonce = randomBytes(nonceBytes);
  yield nonce;
  const key = payloadKey(fileKey, nonce);
  const chunkNonce = chunkNonces();
  for await (const { piece, isLast } of inPieces(plain, chunkBytes)) {
    const seal = createCipheriv(cipher, key, chunkNonce(isLast), { authTagLength: tagBytes });
    const sealed = seal.update(piece);
    seal.final();
    yield Buffer.concat([sealed, seal.getAuthTag()]);
  }
}

/** Decrypts what begins with the nonce. Throws when a chunk was changed, moved, left out or cut; those before it are as they were. */
export async function* openedPayload(
  sealed: AsyncGenerator<Buffer>,
  fileKey: Uint8Array,
): AsyncGenerator<Buffer> {
  const nonce = await firstBytes(
    sealed,
    (held) => (held.length < nonceBytes ? undefined : nonceBytes),
    nonceBytes,
  );
  if (nonce === undefined) throw new Error('the file ends before its first chunk');
  const key = payloadKey(fileKey, nonce.first);
  const chunkNonce = chunkNonces();
  let isFirst = true;
  for await (const { piece, isLast } of inPieces(nonce.rest, chunkBytes + tagBytes)) {
    if (piece.length < tagBytes) throw new Error('the last chunk is cut');
    if (piece.length === tagBytes && !isFirst) throw new Error('the last chunk is empty');
    isFirst = false;
    const open = createDecipheriv(cipher, key, chunkNonce(isLast), { authTagLength: tagBytes });
    open.setAuthTag(piece.subarray(-tagBytes));
    const plain = open.update(piece.subarray(0, -tagBytes));
    try {
      open.final();
    } catch (error) {
      // OpenSSL's own words: "Unsupported state or unable to authenticate data".
      throw new Error('a chunk is not what was stored', { cause: error });
    }
    yield plain;
  }
}
