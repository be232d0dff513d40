import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { processStart } from './source/processes.ts';

interface Holder {
  readonly pid: number;
  /** When its process started, as the kernel says it: a number is given to another process in time. */
  readonly start: string;
}

async function holder(file: string): Promise<Holder | undefined> {
  try {
    const [pid = '', start = ''] = (await readFile(file, 'utf8')).trim().split(' ');
    return { pid: Number(pid), start };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Takes the lock file, or says who has it. A holder that died (pid gone or reused) does not count. */
async function take(file: string): Promise<number | undefined> {
  await mkdir(path.dirname(file), { recursive: true });
  // Linked with its content: an empty lock would look like that of a process that died.
  const own = `${file}.${process.pid}.${randomUUID()}`;
  try {
    await writeFile(own, `${process.pid} ${await processStart(process.pid)}\n`);
    await link(own, file);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(own, { force: true });
  }
  const other = await holder(file);
  // Released between the two looks: it may be somebody else's by now, so it must not be removed.
  if (other === undefined) return take(file);
  if (other.start !== '' && (await processStart(other.pid)) === other.start) return other.pid;
  await removeStale(file, other);
  return take(file);
}

/** Two may find the same stale lock: whoever comes second must not remove the first one's new lock. */
async function removeStale(file: string, stale: Holder): Promise<void> {
  const aside = `${file}.${process.pid}.${randomUUID()}`;
  try {
    await rename(file, aside);
    const moved = await holder(aside);
    if (moved?.pid !== stale.pid || moved.start !== stale.start) await link(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/**
 * Runs `work` while this process alone holds the lock file; waits for another holder, saying so once.
 * The lock of a process that died is taken over, so that nothing has to be cleaned up by hand.
 */
export async function withLock<T>(
  file: string,
  waiting: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let told = false;
  for (let other = await take(file); other !== undefined; other = await take(file)) {
    if (!told) waiting(other);
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
