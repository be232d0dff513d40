import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { BuildCache, hashInputs } from '../../lab/build/cache.ts';
import { NoDebianArchive, openDebianArchive, suite } from '../../lab/build/debian-archive.ts';
import { CommandFailed, output } from '../../lab/command.ts';
import { labIdentity } from '../../lab/identity.ts';
import { withLock } from '../../lab/lock.ts';
import { Progress } from '../../lab/progress.ts';

/** Where a program of others is, or why it cannot be had on this machine. */
export type Found =
  | { readonly file: string; readonly lacking?: undefined }
  | { readonly file?: undefined; readonly lacking: string };

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The cache that every lab on this machine shares. */
function sharedCache(): BuildCache {
  const { cacheDir } = labIdentity(path.join(import.meta.dirname, '../..'));
  return new BuildCache(cacheDir, new Progress(path.join(cacheDir, 'times'), log), log);
}

/** A program of a Debian package that needs nothing but libc: unpacked into the cache, not installed. Throws CommandFailed. */
export async function debianProgram(name: string, program: string): Promise<Found> {
  const cache = sharedCache();
  try {
    const folder = await cache.get({
      name: `package-${name}`,
      key: await hashInputs([suite, name]),
      expectedSeconds: 30,
      build: (to) =>
        // One apt at a time: all of them share the folder of downloaded packages.
        withLock(
          path.join(cache.root, 'apt.lock'),
          () => undefined,
          async () =>
            (await openDebianArchive(path.join(cache.root, 'debian'))).unpack(name, path.join(to, 'root')),
        ),
    });
    return { file: path.join(folder, 'root', program) };
  } catch (error) {
    if (error instanceof NoDebianArchive) return { lacking: error.message };
    throw error;
  }
}

/** Why the program of this folder cannot be built here; undefined where it can. */
async function lacksGo(source: string): Promise<string | undefined> {
  const [, wanted = ''] = /^go (\S+)$/m.exec(readFileSync(path.join(source, 'go.mod'), 'utf8')) ?? [];
  try {
    const [has = ''] =
      /\d+(?:\.\d+)+/.exec(await output(['go', 'env', 'GOVERSION'], { cwd: tmpdir() })) ?? [];
    const isOld = has.localeCompare(wanted, 'en', { numeric: true }) < 0;
    return isOld ? `needs Go >= ${wanted}, this is ${has}` : undefined;
  } catch (error) {
    if (error instanceof CommandFailed) return `needs Go >= ${wanted}`;
    throw error;
  }
}

/** A program of others that is built from a folder of its own. */
export interface GoTarget {
  /** Folder with go.mod and go.sum. */
  readonly source: string;
  /** The program, which the go.mod names as a tool. */
  readonly package: string;
  /** For the linker. */
  readonly flags?: string;
}

/**
 * The Go program of a folder beside this file, or the one of others that its go.mod names as a tool, with the versions of that
 * go.mod. Throws CommandFailed.
 */
export async function goProgram(
  name: string,
  expectedSeconds: number,
  tool: string | GoTarget = '.',
): Promise<Found> {
  const target =
    typeof tool === 'string' ? { source: path.join(import.meta.dirname, name), package: tool } : tool;
  const { source, package: what, flags = '' }: GoTarget = target;
  const lacking = await lacksGo(source);
  if (lacking !== undefined) return { lacking };
  const folder = await sharedCache().get({
    name: `program-${name}`,
    key: await hashInputs(typeof tool === 'string' ? [name] : [name, what, flags], [source]),
    expectedSeconds,
    build: async (to) => {
      const linker = `-s -w ${flags}`.trim();
      const file = path.join(to, name);
      const argv = ['go', 'build', '-mod=readonly', '-trimpath', '-ldflags', linker, '-o', file, what];
      // GOFLAGS of the machine could turn -mod=readonly off or add -race; the checksum settings stay the machine's own.
      await output(argv, {
        cwd: source,
        env: { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local' },
      });
    },
  });
  return { file: path.join(folder, name) };
}
