import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

import { execa } from 'execa';

import type { LabIdentity } from '../identity.ts';
import { alive, processTree } from './processes.ts';

const initScript = path.join(import.meta.dirname, 'pc-init.sh');
const runcWrapper = path.join(import.meta.dirname, 'lab-runc');
/** Sparse: takes only what is written. */
const diskBytes = 40 * 1024 ** 3;
/** All processes must be gone this soon after the kill, ms. */
const goneWithinMs = 1000;

export type CutMode = 'power-loss' | 'process-kill';

export interface CutRecord {
  readonly mode: CutMode;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly killed: number;
  readonly withinMs: number;
}

async function until(what: string, ms: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms / 1000} s`);
    await delay(50);
  }
}

/** The lab's machine for backend `source`: namespaces, one data disk in a file, one Docker engine. */
export class Pc {
  readonly #identity: LabIdentity;
  readonly #engineRoot: string;

  constructor(identity: LabIdentity, engineRoot: string) {
    this.#identity = identity;
    this.#engineRoot = engineRoot;
  }

  get socket(): string {
    return path.join(this.#shared, 'run', 'docker.sock');
  }

  get #disk(): string {
    return path.join(this.#identity.stateDir, 'disk.img');
  }

  /** Folder that the PC sees as /lab. */
  get #shared(): string {
    return path.join(this.#identity.stateDir, 'shared');
  }

  get #pidFile(): string {
    return path.join(this.#identity.stateDir, 'pc.pid');
  }

  get #log(): string {
    return path.join(this.#identity.stateDir, 'engine.log');
  }

  /** The PC's first process; undefined when the power is off. The start time guards against a reused pid. */
  async #init(): Promise<number | undefined> {
    if (!existsSync(this.#pidFile)) return undefined;
    const [pid = '0', started = ''] = (await readFile(this.#pidFile, 'utf8')).split(' ');
    return alive([{ pid: Number(pid), started }]).length > 0 ? Number(pid) : undefined;
  }

  async isOn(): Promise<boolean> {
    return (await this.#init()) !== undefined;
  }

  async #prepare(): Promise<void> {
    await mkdir(path.join(this.#shared, 'run'), { recursive: true, mode: 0o700 });
    await copyFile(runcWrapper, path.join(this.#shared, 'lab-runc'));
    if (existsSync(this.#disk)) return;
    const partial = `${this.#disk}.partial`;
    await writeFile(partial, '');
    await truncate(partial, diskBytes);
    await execa('/usr/sbin/mkfs.ext4', ['-q', '-F', partial]);
    await execa('mv', [partial, this.#disk]);
  }

  async #network(): Promise<void> {
    const { networkNamespace } = this.#identity;
    if (!existsSync(`/run/netns/${networkNamespace}`)) await execa('ip', ['netns', 'add', networkNamespace]);
  }

  async #runtime(): Promise<string> {
    const bounding = /^CapBnd:\s*(\w+)/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
    const capSysResource = 1n << 24n; // capability.h
    return (BigInt(`0x${bounding}`) & capSysResource) === 0n ? 'lab-runc' : 'runc';
  }

  /** Switches the PC on: new network, fresh memory, the disk's journal replayed, dockerd started. Returns that moment (ms epoch). */
  async boot(): Promise<number> {
    if (await this.isOn()) throw new Error('the lab is on already');
    await this.#prepare();
    await rm(this.socket, { force: true });
    await this.#network();
    const { networkNamespace, cluster } = this.#identity;
    const log = openSync(this.#log, 'a');
    const started = Date.now();
    const child = spawn(
      'nsenter',
      [
        `--net=/run/netns/${networkNamespace}`,
        'unshare',
        '--mount',
        '--uts',
        '--ipc',
        '--pid',
        '--fork',
        '--kill-child',
        '--propagation',
        'private',
        '/bin/bash',
        initScript,
        this.#engineRoot,
        this.#disk,
        this.#shared,
        cluster,
        await this.#runtime(),
      ],
      { detached: true, stdio: ['ignore', log, log] },
    );
    child.unref();
    const parent = child.pid;
    if (parent === undefined) throw new Error('unshare could not be started');
    // unshare's only child is process 1 of the new PID namespace.
    await until('first process of the lab', 5000, () => processTree(parent).length > 1);
    const init = processTree(parent).find((entry) => entry.pid !== parent);
    if (init === undefined) throw new Error(`the lab ended at once; see ${this.#log}`);
    await writeFile(this.#pidFile, `${init.pid} ${init.started}`);
    return started;
  }

  /** Resolves when dockerd answers on its socket. */
  async engineAnswers(seconds: number): Promise<void> {
    await until(`dockerd (log: ${this.#log})`, seconds * 1000, async () => {
      if (!(await this.isOn())) throw new Error(`the lab's engine ended; see ${this.#log}`);
      const result = await execa(
        'curl',
        ['-sf', '--max-time', '2', '--unix-socket', this.socket, 'http://engine/_ping'],
        { reject: false },
      );
      return result.exitCode === 0;
    });
  }

  /**
   * Cuts the power. `power-loss`: the data disk is shut down first without flushing (FS_IOC_SHUTDOWN), so what was
   * not synced is lost. Then every process is killed at once, and what a reboot destroys is destroyed.
   * Not covered: a disk that claims to have flushed and has not.
   */
  async cut(mode: CutMode): Promise<CutRecord> {
    const init = await this.#init();
    if (init === undefined) throw new Error('the lab is off already');
    if (mode === 'power-loss') {
      await execa('chroot', [`/proc/${init}/root`, 'xfs_io', '-x', '-c', 'shutdown', '/var/lib/docker']);
    }
    const at = Date.now();
    const tree = processTree(init);
    const start = performance.now();
    process.kill(init, 'SIGKILL');
    await until('end of every process of the lab', goneWithinMs, () => alive(tree).length === 0);
    const withinMs = Math.round(performance.now() - start);
    await this.#clear();
    return { mode, at, killed: tree.length, withinMs };
  }

  async #clear(): Promise<void> {
    await rm(this.#pidFile, { force: true });
    await rm(this.socket, { force: true });
    const { networkNamespace, cluster } = this.#identity;
    if (existsSync(`/run/netns/${networkNamespace}`))
      await execa('ip', ['netns', 'delete', networkNamespace]);
    await until('release of the data disk', 10_000, async () => {
      const { stdout } = await execa('losetup', ['--associated', this.#disk]);
      return stdout === '';
    });
    for (const controller of await readdir('/sys/fs/cgroup')) {
      await removeCgroup(path.join('/sys/fs/cgroup', controller, cluster));
    }
  }

  /** Takes everything of this lab away, from whatever state it is in. */
  async remove(): Promise<void> {
    const init = await this.#init();
    if (init === undefined) await this.#clear();
    else await this.cut('process-kill');
    await rm(this.#identity.stateDir, { recursive: true, force: true });
  }
}

/** Removes a cgroup and those below it, deepest first; they have no processes any more. */
async function removeCgroup(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(path.join(folder, entry.name));
  await rmdir(folder);
}
