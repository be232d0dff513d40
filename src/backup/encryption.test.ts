import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Decrypter, Encrypter } from 'age-encryption';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';

import { decrypted, encrypted, newIdentity, NotDecrypted } from './encryption.ts';

const { identity, recipient } = await newIdentity();
const other = await newIdentity();

async function sealed(plain: Buffer, recipients = [recipient]): Promise<Buffer> {
  return buffer(await encrypted(Readable.from([plain], { objectMode: false }), recipients));
}

async function opened(stored: Buffer, identities = [identity]): Promise<Buffer> {
  const source = Readable.from([stored], { objectMode: false });
  return buffer(await decrypted(source, identities, 'a.dump in /backups/b-1'));
}

test.each([0, 1, 65_535, 65_536, 65_537, 1_000_000])('%i bytes come back as they were', async (size) => {
  const plain = randomBytes(size);
  const stored = await sealed(plain);
  expect(stored.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  expect((await opened(stored)).equals(plain)).toBe(true);
});

/** Bytes in pieces that have nothing to do with the format's chunks. */
function inPieces(bytes: Buffer, size: number): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  return Readable.from(pieces, { objectMode: false });
}

test('the age library opens what is encrypted here, and what it encrypts is opened here', async () => {
  const size = fc.oneof(fc.nat(200_000), fc.constantFrom(0, 65_535, 65_536, 65_537, 131_072));
  await fc.assert(
    fc.asyncProperty(size, fc.integer({ min: 1, max: 100_000 }), async (bytes, pieces) => {
      const plain = randomBytes(bytes);
      const library = new Decrypter();
      library.addIdentity(identity);
      const here = await buffer(await encrypted(inPieces(plain, pieces), [other.recipient, recipient]));
      expect(plain.equals(await library.decrypt(here))).toBe(true);

      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      const there = Buffer.from(await encrypter.encrypt(plain));
      const back = await buffer(await decrypted(inPieces(there, pieces), [identity], 'a.dump'));
      expect(plain.equals(back)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('a chunk that is left out, doubled or moved is seen, and so is one too many', async () => {
  const sealedChunk = 65_536 + 16;
  const stored = await sealed(randomBytes(3 * 65_536 + 5));
  const begin = stored.length - 3 * sealedChunk - (5 + 16);
  const chunks = [0, 1, 2, 3].map((at) =>
    stored.subarray(begin + at * sealedChunk, begin + (at + 1) * sealedChunk),
  );
  const withChunks = (...order: readonly number[]): Buffer =>
    Buffer.concat([stored.subarray(0, begin), ...order.map((at) => chunks[at] ?? Buffer.alloc(0))]);
  expect(withChunks(0, 1, 2, 3).equals(stored)).toBe(true);
  for (const order of [[0, 1, 3], [0, 1, 2], [1, 0, 2, 3], [0, 1, 1, 2, 3], [0, 1, 2, 3, 3], [3], []])
    await expect(opened(withChunks(...order))).rejects.toThrow(NotDecrypted);
  await expect(opened(Buffer.concat([stored, Buffer.from('x')]))).rejects.toThrow(
    /chunk is not what was stored/,
  );
});

test('what is no age file is told soon, however long it is', async () => {
  let given = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        given += 65_536;
        yield Buffer.alloc(65_536, '-');
      }
    })(),
    { objectMode: false },
  );
  const reading = decrypted(endless, [identity], 'a.dump in /backups/b-1');
  await expect(reading).rejects.toThrow(/no whole header of an age file/);
  expect(endless.destroyed).toBe(true);
  expect(given).toBeLessThan(2_000_000);
});

test.each(['encrypting', 'decrypting'])(
  'who stops while %s, or never begins, closes the source',
  async (way) => {
    const stored = await sealed(randomBytes(500_000));
    for (const begins of [false, true]) {
      const source = inPieces(stored, 1000);
      const stream =
        way === 'encrypting'
          ? await encrypted(source, [recipient])
          : await decrypted(source, [identity], 'a');
      if (begins) await once(stream, 'readable');
      const closed = new Promise<void>((resolve) => {
        source.once('close', resolve);
      });
      stream.destroy();
      await closed;
      expect(source.destroyed).toBe(true);
    }
  },
);

test('several keys open it, and no other', async () => {
  const stored = await sealed(Buffer.from('orders'), [recipient, other.recipient]);
  expect((await opened(stored, [other.identity])).toString()).toBe('orders');
  const stranger = await newIdentity();
  await expect(opened(stored, [stranger.identity])).rejects.toThrow(NotDecrypted);
  await expect(opened(stored, [stranger.identity])).rejects.toThrow(/a\.dump in \/backups\/b-1.*key/);
});

test('any change of a byte, and any cut, is seen', async () => {
  const stored = await sealed(randomBytes(200_000));
  await fc.assert(
    fc.asyncProperty(fc.nat(stored.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const damaged = Buffer.from(stored);
      damaged[at] = (damaged[at] ?? 0) ^ by;
      await expect(opened(damaged)).rejects.toThrow(NotDecrypted);
    }),
    { numRuns: 40 },
  );
  for (const size of [0, 10, 300, stored.length - 70_000, stored.length - 1])
    await expect(opened(stored.subarray(0, size))).rejects.toThrow(NotDecrypted);
});

test.each([0, 100, 70_000, 199_000])('a store that fails after %i bytes is no damaged file', async (size) => {
  const stored = await sealed(randomBytes(200_000));
  const broken = Readable.from(
    (function* () {
      yield stored.subarray(0, size);
      throw new Error('read ECONNRESET');
    })(),
    { objectMode: false },
  );
  const reading = decrypted(broken, [identity], 'a.dump in s3://b').then(buffer);
  await expect(reading).rejects.toThrow(/^read ECONNRESET$/);
});

test('a source that fails makes the stream fail', async () => {
  const failing = Readable.from(
    (function* () {
      yield randomBytes(200_000);
      throw new Error('the pod went away');
    })(),
    { objectMode: false },
  );
  await expect(encrypted(failing, [recipient]).then(buffer)).rejects.toThrow('the pod went away');
});

test('a source that fails before anybody reads is told to whoever reads later, and to nobody else', async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.on('uncaughtException', note);
  onTestFinished(() => void process.off('uncaughtException', note));
  const failing = Readable.from([], { objectMode: false }).destroy(new Error('the pod was not there'));
  failing.on('error', () => undefined);
  const stream = await encrypted(failing, [recipient]);
  await pause(30);
  await expect(buffer(stream)).rejects.toThrow('the pod was not there');
  expect(uncaught).toEqual([]);
});
