import { isSecretName, mayBeSecret } from './names.ts';

/** Stands where a secret stood in the export: no file of the folder has its value. */
export const removed = 'removed-by-rekindle-migrate';

/** One way in which secrets stand in a text; gives the text without them. */
type Cleaner = (text: string) => string;

/** A shell's own variable, a call, the environment of a program: only what is read as code has them. */
const isCode = (value: string) =>
  /^(\$[A-Za-z_]\w*|[A-Za-z_$][\w.$]*\(.*\);?|(os\.environ|process\.env|ENV)\b.*)$/s.test(value);

const isSecret = (value: string) => value !== removed && mayBeSecret(value) && !isCode(value);

/** In a file `key` alone is the name of anything. */
const isNamed = (name: string) => name.toLowerCase() !== 'key' && isSecretName(name);

/** The value without its secret, in the quotes that it had. */
function emptied(value: string): string {
  const [, quote = '', inner = value] = /^(["'])(.*)\1$/s.exec(value) ?? [];
  return isSecret(inner) ? `${quote}${removed}${quote}` : value;
}

/** A private key in the form of PEM, also as a text of JSON. */
const privateKeys: Cleaner = (text) =>
  text.replaceAll(
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|$)/gs,
    removed,
  );

/** `password: |` with lines that stand deeper. */
const yamlBlocks: Cleaner = (text) =>
  text.replaceAll(
    /^([ \t]*)((?:- )?["']?([\w.-]+)["']?:[ \t]*)[|>][-+0-9]*[ \t]*\n((?:\1[ \t]+\S.*(?:\n|$)|[ \t]*\n)+)/gm,
    (all, indent: string, head: string, name: string) =>
      isNamed(name) ? `${indent}${head}${removed}\n` : all,
  );

/** `name = value`, `name: value` and `"name": value` as a line of its own: the value is the rest of the line. */
const lines: Cleaner = (text) =>
  text.replaceAll(
    /^([ \t]*(?:[#;]+[ \t]*)?(?:- +|export +|set +|ENV +)?["']?([A-Za-z_][\w.-]*)["']?[ \t]*(?:=>|:=|=|:(?=[ \t"']))[ \t]*)(\S.*)$/gm,
    (all, head: string, name: string, rest: string) => {
      if (!isNamed(name) || /^[{[|>]/.test(rest)) return all;
      const trimmed = rest.trimEnd();
      const found = trimmed.endsWith(',') ? trimmed.slice(0, -1).trimEnd() : trimmed;
      return `${head}${emptied(found)}${rest.slice(found.length)}`;
    },
  );

/** A value inside of a line: in quotes, a reference or a call as a whole, or what no sign ends. */
const value = String.raw`"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\$\{[^}\n]*\}|\$\([^)\n]*\)|[A-Za-z_$][\w.$]*\([^)\n]*\)|[^\s"',;&})\]]+`;

/** The same inside of a line: of JSON, of an address (`?password=`), of a connection's parameters (`Password=x;`). */
const pairs: Cleaner = (text) =>
  text.replaceAll(
    new RegExp(
      `(?<![\\w.-])(([A-Za-z_][\\w.-]*)["']?(?:[ \\t]*=[ \\t]*|[ \\t]*:[ \\t]+|(?<=["'])[ \\t]*:))(${value})`,
      'g',
    ),
    (all, head: string, name: string, found: string) => (isNamed(name) ? `${head}${emptied(found)}` : all),
  );

/** `--password x` and `--db-password=x` of a command. */
const flags: Cleaner = (text) =>
  text.replaceAll(
    new RegExp(`(?<![\\w-])(--?([A-Za-z][\\w.-]*)(?:[ \\t]+(?!-)|=))(${value})`, 'g'),
    (all, head: string, name: string, found: string) => (isNamed(name) ? `${head}${emptied(found)}` : all),
  );

/** Ways of single programs: Redis's settings and its client's option, SQL, elements of XML. */
const ways: readonly RegExp[] = [
  /^([ \t]*(?:requirepass|masterauth|(?:sentinel[ \t]+)?auth-pass[ \t]+\S+)[ \t]+)(\S+)/gim,
  /(\bredis-cli\b[^\n|;&]*?[ \t]-a[ \t]+)(\S+)/g,
  /(\b(?:PASSWORD|IDENTIFIED[ \t]+BY)[ \t]+)('[^'\n]+')/gi,
  /(<([\w.:-]*(?:[Pp]assword|[Ss]ecret|[Tt]oken|[Aa]pi-?[Kk]ey)>))([^<\s][^<]*)(?=<\/)/g,
  /(\bname="[\w.:-]*(?:password|secret|token)"[^<>]*?\bvalue=)("[^"]+")/gi,
  /(\b(?:Basic|Bearer)[ \t]+)((?=[\w+/=.~-]*[\d=])[\w+/=.~-]{8,})/g,
];

const programs: Cleaner = (text) =>
  ways.reduce(
    (found, way) =>
      found.replaceAll(way, (...all) => {
        const groups = all.slice(
          1,
          all.findIndex((one) => typeof one === 'number'),
        ) as readonly string[];
        return `${groups[0] ?? ''}${emptied(groups.at(-1) ?? '')}`;
      }),
    text,
  );

/** `scheme://user:password@host`; a port is none, nor is what follows it. */
const login =
  /(:\/\/[^\s/:@"'`<>]*:)(?!\d{1,5}[/\s"'`]|removed-by-rekindle-migrate@)((?:(?!:\/\/)[^\s"'`<>])+)@/g;

const logins: Cleaner = (text) =>
  text.replaceAll(login, (all, head: string, found: string) =>
    isSecret(found) ? `${head}${removed}@` : all,
  );

const cleaners = [privateKeys, yamlBlocks, lines, pairs, flags, programs, logins];

/**
 * The text without the secrets that its own words give away: the value of a key that is called like a secret, a login in an
 * address, a private key. What is called otherwise is not found.
 */
export function withoutSecretsInText(text: string): string {
  return cleaners.reduce((found, clean) => clean(found), text);
}
