import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { output, runCommand } from '../command.ts';
import { eventually } from './eventually.ts';

const gigabytes = 30;

/** Makes the PC's data disk, a sparse file with an ext4 file system, if it is not there. */
export async function makeDisk(file: string): Promise<void> {
  if (existsSync(file)) return;
  await mkdir(path.dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  await rm(partial, { force: true });
  const handle = await open(partial, 'w');
  await handle.truncate(gigabytes * 1024 ** 3);
  await handle.close();
  // No reserved blocks and lazy tables: the file stays small; the discarded blocks are known to be zero.
  await output(['mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'lazy_itable_init=1,lazy_journal_init=1', partial]);
  await rename(partial, file);
}

/** Devices of `losetup --output NAME,BACK-FILE` that use the file, also when somebody has deleted it in the meantime. */
export function devicesOf(file: string, listed: string): readonly string[] {
  return listed
    .split('\n')
    .map((line) => /^(\S+)\s+(.*)$/.exec(line.trim()))
    .filter((match) => match?.[2] === file || match?.[2] === `${file} (deleted)`)
    .map((match) => match?.[1] ?? '');
}

/** Loop devices that use the file. */
export async function loopDevices(file: string): Promise<readonly string[]> {
  return devicesOf(file, await output(['losetup', '--list', '--noheadings', '--output', 'NAME,BACK-FILE']));
}

/**
 * Waits until no loop device holds the disk: the PC's mount goes with its last process, and the device with the mount
 * (autoclear). One that was attached and never mounted is detached here; for one that is only slow to go, that changes
 * nothing (losetup(8)). Returns how many had to be detached. Throws when one stays.
 */
export async function releaseDisk(file: string): Promise<number> {
  const isFree = async () => (await loopDevices(file)).length === 0;
  try {
    await eventually(1000, `release of ${file}`, isFree);
    return 0;
  } catch (error) {
    const left = await loopDevices(file);
    // One that is gone by now is what is wanted; the last look decides.
    for (const device of left) await runCommand(['losetup', '--detach', device]);
    await eventually(5000, `release of ${file} (${(error as Error).message})`, isFree);
    return left.length;
  }
}
