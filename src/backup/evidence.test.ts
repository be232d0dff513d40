import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';

import { readSigned, signed, type Proof } from './evidence.ts';

const pair = generateKeyPairSync('ed25519');
const keys = { key: pair.privateKey, publicKey: pair.publicKey };
const found: Proof = {
  backup: '20260101T120000Z-aaaa',
  stack: 'shop',
  verdict: 'proven',
  at: '2026-01-01T12:01:00.000Z',
  tool: 'rekindle 0.1.0',
  seconds: 12,
  restoredInto: 150_008,
  parts: [{ file: 'shop.dump.age', checked: ['restored, 3 tables'], differences: [] }],
  reasons: [],
};
const files = [{ name: 'shop.dump.age', sha256: createHash('sha256').update('x').digest('hex') }];

test('says what was proven of which bytes, to who has the public key', () => {
  const statement = readSigned(signed(found, files, keys), keys.publicKey);
  expect(statement.predicate).toEqual(found);
  expect(statement.subject).toEqual([{ name: 'shop.dump.age', digest: { sha256: files[0]?.sha256 } }]);
});

test('is refused when anything in it was changed, or when another key has signed it', () => {
  const text = signed({ ...found, verdict: 'bad' }, files, keys);
  const { payload, ...rest } = JSON.parse(text) as { payload: string };
  const forged = Buffer.from(payload, 'base64').toString().replace('"bad"', '"proven"');
  const envelope = JSON.stringify({ ...rest, payload: Buffer.from(forged).toString('base64') });
  expect(() => readSigned(envelope, keys.publicKey)).toThrow('was changed since');
  const other = generateKeyPairSync('ed25519').publicKey;
  expect(() => readSigned(text, other)).toThrow('not signed by this key');
  expect(() => readSigned('{}', keys.publicKey)).toThrow('payloadType');
});
