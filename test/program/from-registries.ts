import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { BuildCache, hashInputs } from '../../lab/build/cache.ts';
import { NoDebianArchive, openDebianArchive, suite } from '../../lab/build/debian-archive.ts';
import { CommandFailed, output } from '../../lab/command.ts';
import { labIdentity } from '../../lab/identity.ts';
import { withLock } from '../../lab/lock.ts';
import { Progress } from '../../lab/progress.ts';
import { onlyInTheFullRun } from '../journeys/only-in-the-full-run.ts';

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

/** How a program of the tests is built. */
interface GoProgramOfTests {
  readonly tool: string;
  readonly expectedSeconds: number;
  /** It takes minutes: the usual run uses it where it is in the cache, and only the full run builds it. */
  readonly isSlow?: true;
}

/** What the tests build with Go, each from the go.mod of its folder beside this file. */
const goPrograms = {
  'dashboard-schema': { tool: '.', expectedSeconds: 60 },
  kubeseal: {
    tool: 'github.com/bitnami-labs/sealed-secrets/cmd/kubeseal',
    expectedSeconds: 120,
    isSlow: true,
  },
  'otel-collector': { tool: '.', expectedSeconds: 120, isSlow: true },
  'sarif-schema': { tool: '.', expectedSeconds: 40 },
  sops: { tool: 'github.com/getsops/sops/v3/cmd/sops', expectedSeconds: 180, isSlow: true },
  versitygw: { tool: 'github.com/versity/versitygw/cmd/versitygw', expectedSeconds: 120 },
} as const satisfies Readonly<Record<string, GoProgramOfTests>>;
export type GoProgram = keyof typeof goPrograms;

/** The names of all of them. */
export const goProgramNames = Object.keys(goPrograms) as readonly GoProgram[];

/** A program of others that is built from a folder of its own. */
export interface GoTarget {
  /** Folder with go.mod and go.sum. */
  readonly source: string;
  /** The program, which the go.mod names as a tool. */
  readonly package: string;
  /** For the linker. */
  readonly flags?: string;
}

/** A program of the tests, built when it is not in the cache. Throws CommandFailed. */
export async function goProgram(name: GoProgram): Promise<Found> {
  const { tool, expectedSeconds, isSlow }: GoProgramOfTests = goPrograms[name];
  const target = { source: path.join(import.meta.dirname, name), package: tool };
  const kept = sharedCache().folder(await stepOf(name, target));
  if (isSlow && onlyInTheFullRun !== undefined && !existsSync(kept))
    return { lacking: 'is not in the cache, and only the full run builds it (`npm run test:full`)' };
  return builtGoProgram(name, expectedSeconds, target);
}

/** Under which name and key a program is kept. */
async function stepOf(name: string, { source, package: what, flags = '' }: GoTarget) {
  return { name: `program-${name}`, key: await hashInputs([name, what, flags], [source]) };
}

/** A program of a folder with a go.mod, or of others that it names as a tool, with the versions of that go.mod. Throws CommandFailed. */
export async function builtGoProgram(
  name: string,
  expectedSeconds: number,
  target: GoTarget,
): Promise<Found> {
  const { source, package: what, flags = '' } = target;
  const lacking = await lacksGo(source);
  if (lacking !== undefined) return { lacking };
  const folder = await sharedCache().get({
    ...(await stepOf(name, target)),
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
