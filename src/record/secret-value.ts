import { registerSecret } from './redact.ts';

/**
 * Keys of a Secret that hold a name, an address or a certificate and no secret: taking them out of all texts would make them unreadable
 * (a role is often called like its pod, `standby` is a word) and change the names that budgets and cool-downs are kept by.
 */
const publicKey = /^(?:.*[._-])?(?:username|user|database|dbname|host|hostname|port)$|^(?:tls|ca)\.crt$/i;

/** Whether what a Secret holds under this key is no secret. */
export function isPublicKey(key: string): boolean {
  return publicKey.test(key);
}

/** A decoded value of a Secret; from now on it is taken out of every text, unless its key says that it is none. */
export function secretValue(key: string, encoded: string): string {
  const value = Buffer.from(encoded, 'base64').toString('utf8');
  if (!isPublicKey(key)) registerSecret(value);
  return value;
}
