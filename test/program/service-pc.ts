import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { BuildCache } from '../../lab/build/cache.ts';
import { NoDebianArchive } from '../../lab/build/debian-archive.ts';
import { pcRoot } from '../../lab/build/lab-parts.ts';
import { RootFileSystems } from '../../lab/build/root-file-system.ts';
import type { CommandResult } from '../../lab/command.ts';
import { labIdentity } from '../../lab/identity.ts';
import { Progress } from '../../lab/progress.ts';
import { eventually } from '../../lab/source/eventually.ts';
import { SystemdPc } from '../../lab/systemd/systemd-pc.ts';
import { bundle } from '../../scripts/bundle.ts';

const needed = [
  '/usr/bin/unshare',
  '/usr/bin/nsenter',
  '/usr/bin/ip',
  '/usr/sbin/mkfs.ext4',
  '/usr/bin/apt-get',
];

/** Why no PC can be booted on this machine; undefined where one can. */
function lackingHere(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root (namespaces, mounts)';
  const missing = needed.filter((program) => !existsSync(program));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  if (!existsSync('/dev/loop-control')) return 'needs loop devices';
  if (spawnSync('unshare', ['--mount', '--net', '--pid', '--cgroup', '--fork', 'true']).status !== 0)
    return 'needs namespaces (CAP_SYS_ADMIN)';
  return undefined;
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Root file system of a PC with systemd and Docker, or why there can be none. The first time takes minutes: it is built. */
export async function servicePcRoot(): Promise<{ readonly root?: string; readonly lacking?: string }> {
  const lacking = lackingHere();
  if (lacking !== undefined) return { lacking };
  const { cacheDir } = labIdentity(path.join(import.meta.dirname, '../..'));
  const cache = new BuildCache(cacheDir, new Progress(path.join(cacheDir, 'times'), log), log);
  try {
    return { root: await pcRoot(new RootFileSystems(cache)) };
  } catch (error) {
    if (error instanceof NoDebianArchive) return { lacking: error.message };
    throw error;
  }
}

/** A k3d that is there and does nothing: this PC has no cluster. */
const k3d = '#!/bin/sh\necho "k3d version v5.8.3"\n';

/** Where the program lies in the PC. */
export const programFile = '/usr/local/lib/rekindle/rekindle.js';

/** A PC with systemd, Docker, a user alice who may use it, and the program. */
export class ServicePc {
  readonly pc: SystemdPc;
  readonly #folder: string;

  private constructor(pc: SystemdPc, folder: string) {
    this.pc = pc;
    this.#folder = folder;
  }

  /** Boots it for the first time; alice's manager runs at each boot when `lingers`. */
  static async boot(root: string): Promise<ServicePc> {
    const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-pc-'));
    const identity = labIdentity(folder, '', { ...process.env, XDG_STATE_HOME: folder });
    const made = new ServicePc(new SystemdPc(identity, root, log), folder);
    try {
      await made.pc.boot();
      await made.shell('useradd --create-home --shell /bin/bash --groups docker alice');
      await made.shell(
        'mkdir -p /usr/local/lib/rekindle && ln -s ../lib/rekindle/rekindle.js /usr/local/bin/rekindle',
      );
      await made.pc.put(process.execPath, '/usr/local/bin/node', 0o755);
      await made.pc.put(await bundle(), programFile, 0o755);
      await made.write('/usr/local/bin/k3d', k3d, 0o755);
      return made;
    } catch (error) {
      await made.remove();
      throw error;
    }
  }

  /** Runs a command line as root. Throws when it fails. */
  async shell(line: string): Promise<string> {
    return (await this.pc.output(['bash', '-c', line], { timeoutSeconds: 30 })).trim();
  }

  /** Runs the program as root, or as a user in whose name nobody has logged in. */
  async rekindle(args: readonly string[], user?: string): Promise<CommandResult> {
    return this.pc.run(['/usr/local/bin/rekindle', ...args], user === undefined ? {} : { user });
  }

  async write(file: string, text: string, mode = 0o644): Promise<void> {
    const half = path.join(this.#folder, 'written');
    await writeFile(half, text);
    await chmod(half, mode);
    await this.pc.put(half, file, mode);
  }

  /** A property of the agent's unit (systemctl(1), show). */
  async property(name: string, manager = 'systemctl --system'): Promise<string> {
    return this.shell(`${manager} show rekindle.service --property=${name} --value`);
  }

  /** Waits until a property is so; throws with what it was last. */
  async until(name: string, wanted: (value: string) => boolean, milliseconds = 15_000): Promise<string> {
    let value = '';
    await eventually(
      milliseconds,
      `${name} of the agent`,
      async () => {
        value = await this.property(name);
        return wanted(value);
      },
      100,
    ).catch((error: unknown) => {
      throw new Error(`${name} is ${value}`, { cause: error });
    });
    return value;
  }

  async remove(): Promise<void> {
    await this.pc.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
