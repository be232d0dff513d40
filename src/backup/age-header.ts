import { Decrypter, Encrypter } from 'age-encryption';

import { type FirstBytes, firstBytes } from './first-bytes.ts';

/** The header of an age file, which holds the file's key for each recipient, and that key. */
export interface AgeHeader {
  readonly header: Uint8Array;
  readonly fileKey: Uint8Array;
}

/** The last line of a header begins with this; behind it is the header's digest (C2SP age, "Header"). */
const lastLine = Buffer.from('\n--- ');

/** A header has two lines for each recipient; more than this belongs to no file of ours, bytes. */
const longestHeader = 1024 * 1024;

/** The bytes that the library adds to the header of an empty file: the payload's nonce and its one tag. */
const emptyPayloadBytes = 16 + 16;

/** A new header for a new key, made by the library. Throws the library's error for what is no recipient. */
export async function newHeader(recipients: readonly string[]): Promise<AgeHeader> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  // The library hands the key to whoever wraps it, and gives it out in no other way.
  let fileKey: Uint8Array | undefined;
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = key;
      return [];
    },
  });
  const empty = await encrypter.encrypt(new Uint8Array());
  if (fileKey === undefined) throw new Error('the age library wrapped no key');
  return { header: empty.subarray(0, -emptyPayloadBytes), fileKey };
}

function endOfHeader(held: Buffer): number | undefined {
  const last = held.indexOf(lastLine);
  const end = last === -1 ? -1 : held.indexOf('\n', last + lastLine.length);
  return end === -1 ? undefined : end + 1;
}

/** The header at the beginning of a file, and what comes behind it. Throws when there is none. */
export async function readHeader(stored: AsyncGenerator<Buffer>): Promise<FirstBytes> {
  const found = await firstBytes(stored, endOfHeader, longestHeader);
  if (found === undefined) throw new Error('it has no whole header of an age file');
  return found;
}

/** The file's key. Throws the library's error when no identity fits, or when the header is not what was written. */
export function openedHeader(header: Uint8Array, identities: readonly string[]): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  return decrypter.decryptHeader(header);
}
