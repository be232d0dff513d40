import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks every half second until the answer is something, then returns it. An error counts as "not yet" and is the
 * cause of the error that is thrown after `seconds`.
 */
export async function waitFor<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`, { cause });
    await sleep(500);
  }
}
