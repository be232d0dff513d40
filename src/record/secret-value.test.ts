import { expect, test } from 'vitest';

import { redact } from './redact.ts';
import { isPublicKey, secretValue } from './secret-value.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64');

test.each(['username', 'POSTGRES_USER', 'db-host', 'dbname', 'tls.crt', 'redis.port'])(
  '%s is public',
  (key) => expect(isPublicKey(key)).toBe(true),
);

test.each(['password', 'tls.key', 'user-password', 'superuser', 'DATABASE_URL', 'hostkey', 'token'])(
  '%s is not public',
  (key) => expect(isPublicKey(key)).toBe(false),
);

test('a password is taken out of texts, the name of its role is not', () => {
  expect(secretValue('username', encoded('standby'))).toBe('standby');
  expect(secretValue('password', encoded('opal-and-jade'))).toBe('opal-and-jade');
  expect(redact('standby logs in with opal-and-jade')).toBe('standby logs in with [redacted]');
});
