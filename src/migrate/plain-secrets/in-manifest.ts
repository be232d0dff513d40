import { fieldsOf, type Fields, type Manifest } from '../manifest.ts';
import { removed, withoutSecretsInText } from './in-text.ts';
import { isSecretName, mayBeSecret } from './names.ts';

/** Kinds that hold secrets (none of them is written), name them, or describe fields by which others do. */
const leftAlone = new Set([
  'ClusterExternalSecret',
  'ClusterSecretStore',
  'CustomResourceDefinition',
  'ExternalSecret',
  'PushSecret',
  'SealedSecret',
  'Secret',
  'SecretStore',
]);

/** Whether a plain value is a secret, by its name or because it holds one. Empty values and references to others are none. */
export function isPlainSecret(name: string, value: string): boolean {
  return (isSecretName(name) && mayBeSecret(value)) || withoutSecretsInText(value) !== value;
}

/** Fields that hold a secret itself in objects of operators (`s3_secret_access_key`); others name the Secret that has it. */
const secretField =
  /(pass(word|wd|phrase)|(secret_access|api|access|private|account)_?key|(api|access|auth|bearer)_?token)$/i;

const isSecretField = (name: string) => secretField.test(name);

/** The name of an option that stands by itself: its value is the next word. */
function optionOf(word: unknown): string {
  const [, name = ''] = /^--?([A-Za-z][\w.-]*)$/.exec(typeof word === 'string' ? word : '') ?? [];
  return name;
}

/** One word of a command: `--password=x`, or a text like any other. */
function cleanWord(word: string): string {
  const [, head = '', name = '', value = ''] = /^(--?([A-Za-z][\w.-]*)=)(.*)$/s.exec(word) ?? [];
  return isSecretName(name) && mayBeSecret(value) ? `${head}${removed}` : withoutSecretsInText(word);
}

/** The words of a command; the one after `--password` or `redis-cli -a` is its value. */
function words(list: readonly unknown[]): readonly unknown[] {
  const isRedis = list.some((word) => typeof word === 'string' && /(^|\/)redis-cli$/.test(word));
  return list.map((word, index) => {
    if (typeof word !== 'string') return word;
    const option = optionOf(list[index - 1]);
    const isValue = isSecretName(option) || (isRedis && option === 'a');
    return isValue && !word.startsWith('-') && mayBeSecret(word) ? removed : cleanWord(word);
  });
}

/** `name` and `value` of an environment, of a header and the like. */
function namedValue(fields: Fields): Fields | undefined {
  const { name, value } = fields;
  if (typeof name !== 'string' || typeof value !== 'string') return undefined;
  return isPlainSecret(name, value) ? { ...fields, value: removed } : fields;
}

function cleanFields(fields: Fields, isField: (name: string) => boolean): Fields {
  return (
    namedValue(fields) ??
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => {
        if ((key === 'command' || key === 'args') && Array.isArray(value)) return [key, words(value)];
        const isSecret = typeof value === 'string' && isField(key) && mayBeSecret(value);
        return [key, isSecret ? removed : clean(value, isField)];
      }),
    )
  );
}

function clean(value: unknown, isField: (name: string) => boolean): unknown {
  if (typeof value === 'string') return withoutSecretsInText(value);
  if (Array.isArray(value)) return value.map((one) => clean(one, isField));
  return typeof value === 'object' && value !== null ? cleanFields(fieldsOf(value), isField) : value;
}

/** What a ConfigMap holds: values as of an environment, and whole files. */
function cleanData(data: unknown): Fields {
  return Object.fromEntries(
    Object.entries(fieldsOf(data)).map(([key, value]) => {
      if (typeof value !== 'string') return [key, value];
      const isWhole = (isSecretName(key) || ofLogins.test(key)) && mayBeSecret(value);
      return [key, isWhole ? removed : withoutSecretsInText(value)];
    }),
  );
}

/** Files that are nothing but logins: of PgBouncer, of web servers, of PostgreSQL's clients, of container engines. */
const ofLogins = /(^|[._-])(userlist\.txt|htpasswd|pgpass|netrc|npmrc|dockercfg|dockerconfigjson)$/;

/** Copies of the whole object as somebody once applied it, with whatever was in it then: kubectl's, and k3s's own. */
const copies = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'objectset.rio.cattle.io/applied',
]);

/** Headers that log in; a cookie does as well. */
const loginHeader = /auth|cookie|token|key|secret|pass|session|csrf|xsrf|credential|signature/i;

/** The write that the owner allows, without the values of headers that log it in. */
function cleanProbe(text: string): string {
  let probe: Fields;
  try {
    probe = fieldsOf(JSON.parse(text));
  } catch {
    // What is no JSON is no probe, and a text like any other.
    return withoutSecretsInText(text);
  }
  const headers = Object.entries(fieldsOf(probe['headers'])).map(([name, value]) => [
    name,
    loginHeader.test(name) ? removed : clean(value, isSecretName),
  ]);
  const before = { ...probe, headers: fieldsOf(probe['headers']) };
  const after = { ...cleanFields(probe, isSecretName), headers: Object.fromEntries(headers) };
  return JSON.stringify(after) === JSON.stringify(before) ? text : JSON.stringify(after);
}

function cleanAnnotations(annotations: unknown): Fields {
  return Object.fromEntries(
    Object.entries(fieldsOf(annotations))
      .filter(([name]) => !copies.has(name))
      .map(([name, text]) => {
        if (typeof text !== 'string') return [name, text];
        return [name, name === 'rekindle.dev/write-probe' ? cleanProbe(text) : withoutSecretsInText(text)];
      }),
  );
}

function cleanMetadata(metadata: Manifest['metadata']): Fields {
  if (metadata.annotations === undefined) return metadata;
  return { ...metadata, annotations: cleanAnnotations(metadata.annotations) };
}

/**
 * The manifest without the secrets that stand in plain text in it: in environments and arguments, in the data and the files of
 * ConfigMaps, in fields of operators' objects, in annotations.
 */
export function withoutPlainSecrets(manifest: Manifest): Manifest {
  if (leftAlone.has(manifest.kind)) return manifest;
  const fields = Object.entries(manifest).map(([key, value]) => {
    if (key === 'metadata') return [key, cleanMetadata(manifest.metadata)];
    const isData = manifest.kind === 'ConfigMap' && key === 'data';
    return [key, isData ? cleanData(value) : clean(value, isSecretField)];
  });
  return Object.fromEntries(fields) as Manifest;
}
