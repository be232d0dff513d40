import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { BuildCache } from '../../lab/build/cache.ts';
import { NoDebianArchive } from '../../lab/build/debian-archive.ts';
import { RootFileSystems } from '../../lab/build/root-file-system.ts';
import { type CommandResult, output, runCommand } from '../../lab/command.ts';
import { labIdentity } from '../../lab/identity.ts';
import { Progress } from '../../lab/progress.ts';

const programs = ['/usr/bin/unshare', '/usr/sbin/chroot', '/usr/bin/apt-get'];

/** What of the machine can be seen inside, read-only: its place inside, and its place outside. */
export type Shown = Readonly<Record<string, string>>;

/** A Debian with nothing but its base packages, a user without rights, and no network. */
export interface CleanDebian {
  /** Runs a command line in a new login shell of the user. */
  readonly run: (line: string) => Promise<CommandResult>;
  readonly remove: () => void;
}

/** Why no clean Debian can be entered on this machine; undefined where one can. */
function cannotEnter(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root (chroot, mounts)';
  const missing = programs.filter((program) => !existsSync(program));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  if (spawnSync('unshare', ['--mount', '--net', '--pid', '--fork', 'true']).status !== 0)
    return 'needs namespaces (CAP_SYS_ADMIN)';
  return undefined;
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The lab's own base, from the cache that it shares with every lab; built when it is not there. */
function baseFolder(): Promise<string> {
  const { cacheDir } = labIdentity(join(import.meta.dirname, '../..'));
  const cache = new BuildCache(cacheDir, new Progress(join(cacheDir, 'times'), log), log);
  // The base itself cannot be had; with a package that it has, this is the same.
  return new RootFileSystems(cache).get({ name: 'clean', packages: ['libstdc++6'], expectedSeconds: 30 });
}

/** A root file system, or why there can be none on this machine. */
export type FoundBase =
  | { readonly base: string; readonly lacking?: undefined }
  | { readonly base?: undefined; readonly lacking: string };

/** Where the base is. The first time takes minutes: it is built. Throws when the building fails. */
export async function cleanDebianBase(): Promise<FoundBase> {
  const lacking = cannotEnter();
  if (lacking !== undefined) return { lacking };
  try {
    return { base: await baseFolder() };
  } catch (error) {
    if (error instanceof NoDebianArchive) return { lacking: error.message };
    throw error;
  }
}

/**
 * Mounts live in a namespace of the command's own and are gone when it ends, however it ends. What is written goes
 * beside the base, which is the lab's. A new network namespace has not even a loopback that is up: no packet leaves.
 */
const enterScript = `set -e
base=$1 own=$2 root=$2/root; shift 2
mount -t overlay overlay -o "lowerdir=$base,upperdir=$own/upper,workdir=$own/work" "$root"
mount -t proc proc "$root/proc"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$root$(dirname "$2")"; touch "$root$2"; fi
  mount --bind "$1" "$root$2"
  mount -o remount,bind,ro "$root$2"
  shift 2
done
shift
exec chroot "$root" "$@"`;

function enterArgv(base: string, own: string, shown: Shown): readonly string[] {
  const pairs = Object.entries(shown).flatMap(([inside, outside]) => [outside, inside]);
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child'];
  return ['unshare', ...namespaces, 'sh', '-c', enterScript, 'enter', base, own, ...pairs, '--'];
}

const user = 'someone';

/** A home with what a user finds in it after the account was made. Throws CommandFailed. */
export async function cleanDebian(base: string, shown: Shown): Promise<CleanDebian> {
  const own = mkdtempSync(join(tmpdir(), 'rekindle-debian-'));
  const remove = () => rmSync(own, { recursive: true, force: true });
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(own, name));
  const enter = enterArgv(base, own, shown);
  try {
    await output([...enter, 'useradd', '--create-home', '--shell', '/bin/bash', user]);
  } catch (error) {
    remove();
    throw error;
  }
  // Nothing of this process's environment: what the user has is what a login gives.
  const login = [...enter, 'env', '-i', 'PATH=/usr/bin:/bin', 'su', '-', user, '-c'];
  return { run: (line) => runCommand([...login, line], { timeoutSeconds: 60 }), remove };
}

/** Where npm and its own packages are, as Node's own distribution has it; undefined when this machine's is otherwise. */
export async function npmFolder(): Promise<string | undefined> {
  const program = (await output(['sh', '-c', 'readlink -f "$(command -v npm)"'])).trim();
  const folder = dirname(dirname(program));
  return existsSync(join(folder, 'node_modules')) ? folder : undefined;
}
