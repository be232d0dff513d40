import type { KubeObject } from '../ports/cluster.ts';
import { ExplainedError } from '../record/explained-error.ts';
import { formsOf } from '../record/redact.ts';
import { isPublicKey } from '../record/secret-value.ts';
import { valuesOf } from './secrets/secret-manifest.ts';

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

/** A value that must stand nowhere else, and the texts by which it is known. */
interface Needle {
  /** `Secret shop/db, key password`. */
  readonly secret: string;
  readonly forms: readonly string[];
  /** The same without white space, for a value of several lines: elsewhere they may stand deeper or be broken otherwise. */
  readonly squeezed: readonly string[];
}

const squeeze = (text: string) => text.replaceAll(/\s+/g, '');

/** Private keys in a value of more: the frame is the same in every key. */
const privateKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(.+?)-----END/gs;

/** The password of an address, as it is and decoded. */
function passwordsIn(value: string): readonly string[] {
  const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(\S+)@[^@\s]*$/i.exec(value) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A percent sign that encodes nothing: it stands for itself.
    return [password];
  }
}

function needleOf(secret: string, key: string, value: string): readonly Needle[] {
  const passwords = passwordsIn(value).filter((password) => isTelling('password', password));
  const told = [...(isTelling(key, value) ? [value] : []), ...passwords];
  const lines = told.filter((one) => one.includes('\n'));
  const keys = Array.from(value.matchAll(privateKey), ([, body = '']) =>
    squeeze(body.replaceAll(String.raw`\n`, '')),
  );
  if (told.length + keys.length === 0) return [];
  const squeezed = lines.flatMap(formsOf).map(squeeze).concat(lines.map(squeeze), keys);
  return [{ secret, forms: [...new Set(told.flatMap(formsOf))], squeezed: [...new Set(squeezed)] }];
}

function needlesOf(object: KubeObject): readonly Needle[] {
  const { namespace = '', name } = object.metadata;
  return valuesOf({ object, isOfOperator: false }).flatMap(([key, bytes]) =>
    needleOf(`Secret ${namespace}/${name}, key ${key}`, key, bytes.toString('utf8').trim()),
  );
}

/** Every text in a value, names of fields too. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [key].concat(textsIn(one)));
}

/** A file of the export, and the object that is in it where there is one. */
export interface WrittenFile {
  readonly file: string;
  readonly text: string;
  readonly object: KubeObject | undefined;
}

/**
 * Files that hold the value of a Secret in plain, as it is or in another form: a ConfigMap into which somebody has copied a password,
 * for example. The texts of the object are looked at and not only those of the file, in which YAML breaks and quotes them.
 * `secrets`: all that there are, written or not. Values that look like names are not looked for. Pure.
 */
export function plainValues(
  secrets: readonly KubeObject[],
  files: readonly WrittenFile[],
): readonly PlainValue[] {
  const needles = secrets.flatMap(needlesOf);
  return files.flatMap(({ file, text, object }) => {
    const whole = textsIn(object).concat(text).join('\0');
    const squeezed = squeeze(whole.replaceAll(String.raw`\n`, '\n'));
    return needles.flatMap(({ secret, forms, squeezed: own }) =>
      forms.some((form) => whole.includes(form)) || own.some((form) => squeezed.includes(form))
        ? [{ secret, file }]
        : [],
    );
  });
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
