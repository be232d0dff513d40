import { describe, expect, test } from 'vitest';

import { manifestText } from './folder/manifest-text.ts';
import { plainValues, refusePlainValues } from './plain-values.ts';

const secret = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop', uid: 'u' },
  data: Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  ),
});

const found = (data: Readonly<Record<string, string>>, text: string) =>
  plainValues([secret(data)], [{ file: 'base/a.yaml', text, object: undefined }]).map(
    ({ secret: name }) => name,
  );

const deeper = (text: string) => text.replaceAll(/^/gm, '    ');

describe('values of Secrets in other files', () => {
  test.each([
    ['a password', { password: 'hunter22' }, 'url: postgres://me:hunter22@db'],
    ['the same in base64', { password: 'hunter22' }, `x: ${Buffer.from('hunter22').toString('base64')}`],
    ['quoted', { token: 'a"b-12345' }, 'x: "a\\"b-12345"'],
    ['a long one under any name', { LICENCE: 'Ab1-Cd2-Ef3-Gh4-Ij5' }, 'x: Ab1-Cd2-Ef3-Gh4-Ij5'],
  ])('%s is found', (_what, data: Readonly<Record<string, string>>, text) => {
    expect(found(data, text)).toEqual([`Secret shop/db, key ${Object.keys(data)[0] ?? ''}`]);
  });

  const key =
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----\n';
  const account = JSON.stringify({ type: 'service_account', private_key: key }, undefined, 2);
  const password = 'S3cret-Pass/9x';

  test.each([
    ['a private key', { 'jwt.key': key }, key],
    ['a private key that stands deeper in a file', { 'jwt.key': key }, `tls:\n  key: |\n${deeper(key)}`],
    ['an account as JSON', { 'account.json': account }, account],
    [
      'the same JSON without its white space',
      { 'account.json': account },
      JSON.stringify(JSON.parse(account)),
    ],
    ['the private key of an account', { 'account.json': account }, key],
    ['an account as JSON in base64', { 'account.json': account }, Buffer.from(account).toString('base64')],
    ['a password in an address', { password }, `postgres://u:${encodeURIComponent(password)}@db/x`],
    [
      'a password that an address has',
      { DB_URL: `postgres://u:${encodeURIComponent(password)}@db/x` },
      password,
    ],
    ['a password in a login', { password }, Buffer.from(`u:${password}`).toString('base64')],
  ])('%s is found in an object', (_what, data: Readonly<Record<string, string>>, value) => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'shop', uid: 'c' },
      data: { text: value },
    };
    const files = [{ file: 'base/a.yaml', text: manifestText(object), object }];
    expect(plainValues([secret(data)], files)).toEqual([
      { secret: `Secret shop/db, key ${Object.keys(data)[0] ?? ''}`, file: 'base/a.yaml' },
    ]);
  });

  test.each([
    ['a short one', { password: 'abc1' }, 'x: abc1'],
    ['a name', { password: 'postgres' }, 'application: postgres'],
    ['a name with separators', { DB_NAME: 'jewelry_shop' }, 'x: jewelry_shop'],
    ['a user', { username: 'jewelry-app-4711-X' }, 'x: jewelry-app-4711-X'],
    ['a certificate', { 'tls.crt': 'MIIB-Certificate-123' }, 'x: MIIB-Certificate-123'],
    ['a setting', { LOG_LEVEL: 'debug,info' }, 'x: debug,info'],
  ])('%s is none', (_what, data, text) => {
    expect(found(data, text)).toEqual([]);
  });

  test('the refusal names the places and not the value', () => {
    const places = plainValues(
      [secret({ password: 'hunter22' })],
      [{ file: 'base/a.yaml', text: 'hunter22', object: undefined }],
    );
    expect(() => refusePlainValues(places)).toThrow(
      /base\/a\.yaml holds that of Secret shop\/db, key password/,
    );
    expect(() => refusePlainValues(places)).not.toThrow(/hunter22/);
    expect(() => refusePlainValues([])).not.toThrow();
  });
});
