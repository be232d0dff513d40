/** `spring.datasource.password`, `secretKeyBase` and `--db-password` as words with `_` between them, in lower case. */
function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** Names that people give to secrets; not those that say where one is (`_file`, `_path`, `_id`). */
const secretWords =
  /((?<!by|com)pass(word|wd|phrase|code)?|secret(_?key)?|token|(api|access|private)_?key|credentials?|dsn|(^|_)pwd|authorization)$/;

/** `secret_key_base`, `app_key`, `encryption_key`: what a program signs or encrypts with. */
const keyWords = /(^|_)key(_base)?$/;

/** Keys that everybody may have, and those that only find something. */
const openKey =
  /(^|_)(public|publishable|site|partition|sort|routing|cache|primary|foreign|hash|range|lookup|object|topology|index|group|message|map|label|annotation|idempotency|record|config|queue|feature|translation|locale|metric)_key$/;

/** Names of Secrets, as charts have them in their values. */
const nameOfSecret = /(^|_)(existing|pull)_secret$/;

/** Whether people give this name to secrets: `DB_PASSWORD`, `app.key`, `s3_secret_access_key`. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (nameOfSecret.test(words) || openKey.test(words)) return false;
  return secretWords.test(words) || keyWords.test(words);
}

/** What is put in by a program that reads the text: Kubernetes, a shell, a template. */
const placeholder = /^(\$\(.*\)|\$\{.*\}|\{\{.*\}\}|<[^<>]*>|%\(.*\)s|%env\(.*\)%|\*+)$/s;

const nothing = /^(|true|false|yes|no|on|off|null|nil|none|~|[0-9])$/i;

/** A file where the secret is: `/run/secrets/password`, `server.key`. */
const place =
  /^(file:(\/\/)?)?(\/(app|certs?|config|data|etc|home|keys?|mnt|opt|run|secrets?|srv|tls|usr|var|vault)(\/[\w./-]*)?|[\w./-]+\.(cer|crt|jks|json|key|p12|pem|pfx|pub|txt|ya?ml))$/;

/** Whether a value that stands under the name of a secret may be one: no reference, no file's place, no word for yes or no. */
export function mayBeSecret(value: string): boolean {
  const text = value.trim();
  return !nothing.test(text) && !placeholder.test(text) && !place.test(text);
}
