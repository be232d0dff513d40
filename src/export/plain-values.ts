import type { ChosenSecret } from './choose.ts';
import type { Files } from './folder/files.ts';
import { valuesOf } from './secrets/secret-manifest.ts';
import { ExplainedError } from '../record/explained-error.ts';
import { isPublicKey } from '../record/secret-value.ts';

/** The value of a Secret stands in plain in something else. */
export class SecretInPlain extends ExplainedError {
  override readonly name = 'SecretInPlain';
}

/** Where the value of a Secret stands in plain. */
export interface PlainValue {
  /** `Secret shop/db, key password`. */
  readonly secret: string;
  readonly file: string;
}

/** Shorter values occur by chance. */
const shortest = 8;

const secretName = /pass|secret|token|key|credential|auth|dsn|private/i;

/** Words of lower-case letters, with separators: names, as a rule. */
const words = /^[a-z]+([-_. /:][a-z]+)*$/;

/** Whether a value is likely to be a secret: told by its key, or by letters of more than one sort. */
function isTelling(key: string, value: string): boolean {
  if (isPublicKey(key) || value.length < shortest || words.test(value)) return false;
  const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((sort) => sort.test(value)).length;
  return secretName.test(key) || (sorts >= 3 && value.length >= 2 * shortest);
}

function needlesOf({ object }: ChosenSecret) {
  const { namespace = '', name } = object.metadata;
  return valuesOf({ object, isOfOperator: false }).flatMap(([key, bytes]) => {
    const value = bytes.toString('utf8').trim();
    if (!isTelling(key, value)) return [];
    const secret = `Secret ${namespace}/${name}, key ${key}`;
    const forms = [value, JSON.stringify(value).slice(1, -1), bytes.toString('base64')];
    return [{ secret, forms: [...new Set(forms)] }];
  });
}

/**
 * Files that hold the value of a Secret in plain, as it is or in base64: a ConfigMap into which somebody has copied a password,
 * for example. Values that look like names are not looked for. Pure.
 */
export function plainValues(secrets: readonly ChosenSecret[], files: Files): readonly PlainValue[] {
  const needles = secrets.flatMap(needlesOf);
  return Object.entries(files).flatMap(([file, text]) =>
    needles.flatMap(({ secret, forms }) =>
      forms.some((form) => text.includes(form)) ? [{ secret, file }] : [],
    ),
  );
}

/** Throws SecretInPlain when there is one, with its places and without the value. */
export function refusePlainValues(found: readonly PlainValue[]): void {
  const [first] = found;
  if (first === undefined) return;
  const places = found.map(({ secret, file }) => `${file} holds that of ${secret}`);
  throw new SecretInPlain({
    what: 'Nothing was written',
    cause: `the value of a Secret would stand in plain: ${places.join('; ')}`,
    place: first.file,
    next: 'Let the object refer to the Secret (secretKeyRef), or, where it is no secret, say so with --allow-plain.',
  });
}
