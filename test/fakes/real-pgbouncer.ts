import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll } from 'vitest';

import { labIdentity } from '../../lab/identity.ts';

/** A PgBouncer that can be started on this machine, or why there is none. */
export type FoundPgbouncer =
  | { readonly program: readonly string[]; readonly lacking?: undefined }
  | { readonly program?: undefined; readonly lacking: string };

/** PgBouncer refuses to run as root; it gets the user that owns nothing (Debian's `nobody`). */
const nobody = 65534;

/** A folder that PgBouncer may read, for the tests of one file; removed after them. */
export function readableFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-pgbouncer-'));
  chmodSync(folder, 0o777);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function rootWithPgbouncer(): string | undefined {
  const { cacheDir } = labIdentity(path.dirname(path.dirname(import.meta.dirname)));
  if (!existsSync(cacheDir)) return undefined;
  return readdirSync(cacheDir)
    .map((name) => path.join(cacheDir, name, 'root'))
    .find((root) => existsSync(path.join(root, 'usr/sbin/pgbouncer')));
}

/**
 * The PgBouncer of the machine, or of the lab's pooler image: copied with its libraries, because the cache is in a
 * folder that only its owner may enter.
 */
export function realPgbouncer(): FoundPgbouncer {
  const own = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((file) => existsSync(file));
  if (own !== undefined) return { program: [own] };
  const root = rootWithPgbouncer();
  if (root === undefined)
    return { lacking: 'there is no PgBouncer, neither installed nor in the cache of the lab' };
  const libraries = path.join(root, 'usr/lib/x86_64-linux-gnu');
  const loader = path.join(libraries, 'ld-linux-x86-64.so.2');
  const program = path.join(root, 'usr/sbin/pgbouncer');
  const listed = execFileSync(loader, ['--library-path', libraries, '--list', program], { encoding: 'utf8' });
  const folder = readableFolder();
  const at = (file: string) => path.join(folder, path.basename(file));
  for (const [file] of listed.matchAll(/\/\S+/g)) copyFileSync(file, at(file));
  copyFileSync(program, at(program));
  return { program: [at(loader), '--library-path', folder, at(program)] };
}

/** Starts PgBouncer as nobody; its log comes from stderr. */
export function startPgbouncer(
  program: readonly string[],
  args: readonly string[],
  cwd: string,
): ChildProcess {
  const [file = '', ...rest] = [...program, ...args];
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  return spawn(file, rest, { cwd, stdio: ['ignore', 'ignore', 'pipe'], ...user });
}

/** What PgBouncer said about a configuration, and whether it started on it. */
export interface Loaded {
  readonly accepted: boolean;
  /** Lines of its log without time and process. */
  readonly log: readonly string[];
}

/** Starts PgBouncer on a file, waits until it is up or has given up, and ends it. `-v` makes it tell what it reads. */
export async function loadWith(program: readonly string[], file: string, verbose = false): Promise<Loaded> {
  const child = startPgbouncer(program, [...(verbose ? ['-v'] : []), file], path.dirname(file));
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.includes('process up:')) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const log = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^.*? \[\d+\] /, ''));
  return { accepted: !text.includes('cannot load config file') && text.includes('process up:'), log };
}

/** Writes a file that PgBouncer can read. */
export function writeReadable(file: string, text: string): string {
  writeFileSync(file, text);
  chmodSync(file, 0o644);
  return file;
}
