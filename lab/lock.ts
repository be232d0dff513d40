import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { processStart } from './source/processes.ts';

async function holder(file: string): Promise<{ pid: number; start: string } | undefined> {
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
  if (other !== undefined && other.start !== '' && (await processStart(other.pid)) === other.start) {
    return other.pid;
  }
  await rm(file, { force: true });
  return take(file);
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
