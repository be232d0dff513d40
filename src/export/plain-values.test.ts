import { describe, expect, test } from 'vitest';

import { plainValues, refusePlainValues } from './plain-values.ts';

const secret = (data: Readonly<Record<string, string>>) => ({
  isOfOperator: false,
  object: {
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop', uid: 'u' },
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  },
});

const found = (data: Readonly<Record<string, string>>, text: string) =>
  plainValues([secret(data)], { 'base/a.yaml': text }).map(({ secret: name }) => name);

describe('values of Secrets in other files', () => {
  test.each([
    ['a password', { password: 'hunter22' }, 'url: postgres://me:hunter22@db'],
    ['the same in base64', { password: 'hunter22' }, `x: ${Buffer.from('hunter22').toString('base64')}`],
    ['quoted', { token: 'a"b-12345' }, 'x: "a\\"b-12345"'],
    ['a long one under any name', { LICENCE: 'Ab1-Cd2-Ef3-Gh4-Ij5' }, 'x: Ab1-Cd2-Ef3-Gh4-Ij5'],
  ])('%s is found', (_what, data: Readonly<Record<string, string>>, text) => {
    expect(found(data, text)).toEqual([`Secret shop/db, key ${Object.keys(data)[0] ?? ''}`]);
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
    const places = plainValues([secret({ password: 'hunter22' })], { 'base/a.yaml': 'hunter22' });
    expect(() => refusePlainValues(places)).toThrow(
      /base\/a\.yaml holds that of Secret shop\/db, key password/,
    );
    expect(() => refusePlainValues(places)).not.toThrow(/hunter22/);
    expect(() => refusePlainValues([])).not.toThrow();
  });
});
