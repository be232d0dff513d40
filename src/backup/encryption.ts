import { Readable } from 'node:stream';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';

import { causeText, ExplainedError } from '../record/explained-error.ts';
import { type AgeHeader, newHeader, openedHeader, readHeader } from './age-header.ts';
import { openedPayload, sealedPayload } from './age-payload.ts';
import { watchedSource } from './watched-source.ts';

/** A file of a backup that this key does not open, or that is not what was stored. */
export class NotDecrypted extends ExplainedError {
  override readonly name = 'NotDecrypted';
}

/** A new key: who has the identity reads every backup that was made for the recipient. */
export async function newIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The public half of an identity. Throws the library's error when it is none. */
export function recipientOf(identity: string): Promise<string> {
  return identityToRecipient(identity);
}

/** A stream of these bytes; when it is closed, read to its end or not, so is what they are made of. */
function streamOf(bytes: AsyncIterable<Uint8Array>, source: Readable): Readable {
  const stream = Readable.from(bytes, { objectMode: false });
  stream.once('close', () => source.destroy());
  return stream;
}

async function* sealing(plain: Readable, { header, fileKey }: AgeHeader): AsyncGenerator<Uint8Array> {
  yield header;
  yield* sealedPayload(plain, fileKey);
}

/**
 * Encrypts a stream for these recipients in the age format (age-encryption.org/v1, C2SP): chunks of 64 KiB that are
 * authenticated each, so that a change, a cut and another order are seen.
 */
export async function encrypted(plain: Readable, recipients: readonly string[]): Promise<Readable> {
  return streamOf(sealing(plain, await newHeader(recipients)), plain);
}

/**
 * The plain bytes. Throws NotDecrypted when no key fits; the stream fails with it where the bytes are not those that were
 * stored, and whatever came out before that is not whole. What reading `stored` fails with stays what it is.
 */
export async function decrypted(
  stored: Readable,
  identities: readonly string[],
  place: string,
): Promise<Readable> {
  const source = watchedSource(stored);
  const explained = (error: unknown): unknown => {
    const failure = source.failure();
    if (failure !== undefined) return failure.error;
    return new NotDecrypted(
      {
        what: 'A file of the backup could not be decrypted',
        cause: causeText(error),
        place,
        next: 'Use the key that this backup was made for; if it is that key, this backup is damaged: use another one.',
      },
      { cause: error },
    );
  };
  try {
    const { first: header, rest } = await readHeader(source.bytes);
    const fileKey = await openedHeader(header, identities);
    return streamOf(telling(openedPayload(rest, fileKey), explained), stored);
  } catch (error) {
    stored.destroy();
    throw explained(error);
  }
}

async function* telling(
  plain: AsyncIterable<Buffer>,
  explained: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  try {
    yield* plain;
  } catch (error) {
    throw explained(error);
  }
}
