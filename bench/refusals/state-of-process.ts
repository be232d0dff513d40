import { readFile } from 'node:fs/promises';

import { parseStat } from '../../lab/source/processes.ts';
import { waitFor } from '../../src/drills/wait-for.ts';

/** Waits until the process has stopped itself (state T, proc(5)). Throws when it has ended, or has not after `seconds`. */
export async function untilStopped(pid: number, seconds: number): Promise<void> {
  await waitFor(`a stop of process ${pid}`, seconds, async () => {
    const { state } = parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
    return state === 'T' ? true : undefined;
  });
}
