import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { output } from '../command.ts';
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

/** Loop devices that use the file. */
export async function loopDevices(file: string): Promise<readonly string[]> {
  if (!existsSync(file)) return [];
  const lines = await output(['losetup', '--noheadings', '--output', 'NAME', '--associated', file]);
  return lines.split('\n').filter((line) => line !== '');
}

/**
 * Waits until no loop device holds the disk: the PC's mount goes with its last process, and the device with the mount
 * (autoclear). One that was attached and never mounted is detached here. Returns how many had to be detached.
 */
export async function releaseDisk(file: string): Promise<number> {
  const isFree = async () => (await loopDevices(file)).length === 0;
  try {
    await eventually(5000, `release of ${file}`, isFree);
    return 0;
  } catch (error) {
    const left = await loopDevices(file);
    for (const device of left) await output(['losetup', '--detach', device]);
    await eventually(2000, `release of ${file} (${(error as Error).message})`, isFree);
    return left.length;
  }
}
