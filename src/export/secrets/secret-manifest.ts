import { isFields, type Fields } from '../../harden/fields/fields.ts';
import type { ChosenSecret } from '../choose.ts';
import { stripped } from '../strip/strip.ts';

/** How Secrets are written down. */
export type SecretsMode = 'external' | 'sealed' | 'sops';

/** Writes one Secret down. Throws ExplainedError. */
export type WriteSecret = (secret: ChosenSecret) => Promise<Fields>;

/** The Secret as somebody would write it, with its values: to be given to a program that encrypts it, and nowhere else. */
export function plainManifest({ object }: ChosenSecret): Fields {
  return stripped(object);
}

/** Names of the values, in order. */
export function keysOf({ object }: ChosenSecret): readonly string[] {
  return Object.keys(isFields(object['data']) ? object['data'] : {}).sort();
}

/** The values themselves, as bytes. */
export function valuesOf({ object }: ChosenSecret): readonly (readonly [key: string, value: Buffer])[] {
  const data = Object.entries(isFields(object['data']) ? object['data'] : {});
  return data.flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, Buffer.from(value, 'base64')] as const] : [],
  );
}
