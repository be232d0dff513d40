import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';

import { causeText, ExplainedError } from '../record/explained-error.ts';
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

/** What the stream fails with is thrown to whoever reads it, who may come to it only after it has failed. */
function asNode(stream: unknown): Readable {
  const readable = Readable.fromWeb(stream as ReadableStream);
  readable.on('error', () => undefined);
  return readable;
}

const asWeb = (stream: Readable): globalThis.ReadableStream<Uint8Array> => Readable.toWeb(stream);

/**
 * Encrypts a stream for these recipients in the age format (age-encryption.org/v1, C2SP): chunks of 64 KiB that are
 * authenticated each, so that a change, a cut and another order are seen.
 */
export async function encrypted(plain: Readable, recipients: readonly string[]): Promise<Readable> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const stream = await encrypter.encrypt(asWeb(plain));
  return asNode(stream);
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
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
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
    const sealed = Readable.from(source.bytes, { objectMode: false });
    const plain = asNode(await decrypter.decrypt(asWeb(sealed)));
    return Readable.from(telling(plain, explained));
  } catch (error) {
    stored.destroy();
    throw explained(error);
  }
}

async function* telling(plain: Readable, explained: (error: unknown) => unknown): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of plain as AsyncIterable<Uint8Array>) yield Buffer.from(chunk);
  } catch (error) {
    throw explained(error);
  }
}
