import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { isAlive, processStart, processTree } from '../../lab/source/processes.ts';

/** How often, ms: a child of a step lives longer than that. */
const everyMs = 25;

/** Empty when the process has ended between the two looks. */
async function argumentsOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}

/** Adds the arguments of the process and of everything below it to the set, until the process has ended. */
export async function sampleArguments(pid: number, seen: Set<string>): Promise<void> {
  const start = await processStart(pid);
  if (start === undefined) throw new Error(`process ${pid} was gone before it could be looked at`);
  while (await isAlive({ pid, start })) {
    for (const process of await processTree(pid)) seen.add(await argumentsOf(process.pid));
    await sleep(everyMs);
  }
}
