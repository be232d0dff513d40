import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { onTestFinished } from 'vitest';
import { eventually } from '../../../lab/source/eventually.ts';
import { shutdownArgv } from '../../../lab/source/file-system-shutdown.ts';
import { parseStat } from '../../../lab/source/processes.ts';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';

const programs = [
  '/usr/bin/perl',
  '/usr/bin/unshare',
  '/usr/bin/nsenter',
  '/usr/sbin/mkfs.ext4',
  '/usr/sbin/losetup',
];

/** Why no disk of its own can lose its power on this machine; undefined where one can. */
export function noPowerLossHere(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root (mounts, loop devices)';
  const missing = programs.filter((program) => !existsSync(program));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  if (spawnSync('unshare', ['--mount', 'true']).status !== 0)
    return 'needs a mount namespace (CAP_SYS_ADMIN)';
  if (spawnSync('/usr/sbin/losetup', ['--find']).status !== 0) return 'needs a loop device';
  return undefined;
}

/** A small ext4 file system in a loop device, seen by its own programs only, whose power can be cut. */
export interface LosingDisk {
  /** Where its programs see it. */
  readonly folder: string;
  /** Wraps an argv so that the program sees the disk. */
  readonly command: (argv: readonly string[]) => [string, ...string[]];
  /**
   * Stops the writer, shuts the file system down, SIGKILLs the writer, unmounts, and mounts again as a reboot does.
   * Throws when a step fails.
   */
  readonly losePower: (writer: ChildProcess) => Promise<void>;
}

/** 5 s, ext4's own interval, could commit in the middle of a test what nobody synced. */
const mountOptions = 'loop,commit=300';

/**
 * Stops every thread of a process; one that is inside fsync stops when that returns. A power cut takes processor and
 * disk at once, FS_IOC_SHUTDOWN only the disk: an fsync that it meets half-way was seen to return without an error
 * (ext4, Linux 6.18), and nobody may live to tell.
 */
async function stop(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const tasks = `/proc/${pid}/task`;
  const state = (task: string) => parseStat(readFileSync(join(tasks, task, 'stat'), 'utf8')).state;
  await eventually(5000, 'stop of the writer', () =>
    Promise.resolve(readdirSync(tasks).every((task) => state(task) === 'T')),
  );
}

function makeImage(file: string): void {
  const handle = openSync(file, 'w');
  ftruncateSync(handle, 64 * 1024 * 1024);
  closeSync(handle);
  execFileSync('/usr/sbin/mkfs.ext4', ['-q', '-F', file]);
}

/** Makes and mounts the disk for the running test; it is gone with the test, and with this process. */
export async function losingDisk(): Promise<LosingDisk> {
  const folder = join(temporaryFolder(), 'disk');
  const image = `${folder}.img`;
  mkdirSync(folder);
  makeImage(image);
  // Holds the mount namespace until its standard input closes; mount and loop device go with it.
  const holder = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', 'echo ready && exec cat'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  await once(holder.stdout, 'data');
  onTestFinished(async () => {
    const ended = once(holder, 'exit');
    holder.stdin.end();
    await ended;
  });
  const command = (argv: readonly string[]): [string, ...string[]] => [
    'nsenter',
    `--target=${holder.pid}`,
    '--mount',
    '--',
    ...argv,
  ];
  const run = (argv: readonly string[]) => {
    const [file, ...args] = command(argv);
    execFileSync(file, args);
  };
  const mount = () => run(['mount', '-o', mountOptions, image, folder]);
  mount();
  return {
    folder,
    command,
    losePower: async (writer) => {
      if (writer.pid === undefined) throw new Error('the writer was never started');
      await stop(writer.pid);
      run(shutdownArgv(folder));
      const ended = once(writer, 'exit');
      writer.kill('SIGKILL');
      await ended;
      run(['umount', folder]);
      mount();
    },
  };
}
