import { ExplainedError } from '../../record/explained-error.ts';

/** A path or an argument that no unit file can hold. */
export class NotWritableInUnit extends ExplainedError {
  override readonly name = 'NotWritableInUnit';
}

/** What needs neither quotes nor escapes in any setting of a unit. */
const plain = /^[\w@./:+,=-]+$/;

/**
 * A word as systemd reads it back unchanged (systemd.syntax(7), Quoting; systemd.unit(5), Specifiers): in double quotes, with
 * backslashes before backslashes and quotes, and `%` doubled. `$` stays: it means something in command lines only, which
 * `commandLine` turns off. Throws NotWritableInUnit for control characters: a line break would begin another setting.
 */
export function quoted(word: string): string {
  if (/\p{Cc}/u.test(word) || !word.isWellFormed()) {
    throw new NotWritableInUnit({
      what: 'The service cannot be installed',
      cause: 'a path or an argument has a control character or no valid text in it',
      place: word,
      next: 'Rename that file or folder, then install again.',
    });
  }
  const text = word.replaceAll('%', '%%');
  return plain.test(text) ? text : `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
}

/**
 * A command line whose arguments arrive as they are. The colon before the program keeps systemd from putting variables into
 * it (systemd.service(5), special executable prefixes): doubling each `$` instead would be wrong in the program's path,
 * which is not expanded.
 */
export function commandLine([program, ...args]: readonly [string, ...string[]]): string {
  return [quoted(`:${program}`), ...args.map((word) => quoted(word))].join(' ');
}

/** A variable for `Environment=`, where only quotes, backslashes and `%` mean something (systemd.exec(5)). */
export function assignment(name: string, value: string): string {
  return quoted(`${name}=${value}`);
}

/** Paths for a setting that takes several; `prefix` is `-` where a missing one is to be left out. */
export function pathList(paths: readonly string[], prefix: '' | '-' = ''): string {
  return paths.map((path) => quoted(`${prefix}${path}`)).join(' ');
}
