import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is yes; throws with `what` when it is still no after `milliseconds`. Returns the time it took. */
export async function eventually(
  milliseconds: number,
  what: string,
  ask: () => Promise<boolean>,
  everyMilliseconds = 10,
): Promise<number> {
  const start = performance.now();
  while (!(await ask())) {
    if (performance.now() - start > milliseconds) throw new Error(`${what}: not after ${milliseconds} ms`);
    await sleep(everyMilliseconds);
  }
  return performance.now() - start;
}
