import { Progress } from '../lab/progress.ts';
import { oneFailed, type Part, type PartOptions, runPart } from './run-part.ts';
import { addCounts, type Count } from './test-report.ts';

export interface PartResult extends Count {
  readonly name: string;
  /** How long it took, seconds. */
  readonly seconds: number;
}

export interface RunOptions extends PartOptions {
  /** Folder that remembers how long each part took. */
  readonly times: string;
  /** On the clock of `performance.now()`, ms; what is not started by then has failed. */
  readonly deadline: number;
  /** Fires when the user interrupts: the part at work is ended, and no other is started. */
  readonly interrupted: AbortSignal;
}

/** Why a part is not started; undefined when it can be. */
function obstacle(part: Part, results: readonly PartResult[], options: RunOptions): string | undefined {
  if (options.interrupted.aborted) return 'interrupted';
  if (performance.now() >= options.deadline) return 'the time is over';
  const needed = results.find(({ name }) => name === part.needs);
  return needed !== undefined && needed.failed > 0 ? `it needs ${needed.name}, which failed` : undefined;
}

/** Carries the count of a part that failed past Progress, which remembers only times of success. */
class PartFailed extends Error {
  readonly count: Count;
  constructor(count: Count) {
    super('failed');
    this.count = count;
  }
}

async function timed(part: Part, options: RunOptions): Promise<Count> {
  const limitSeconds = Math.min(part.limitSeconds, (options.deadline - performance.now()) / 1000);
  try {
    return await new Progress(options.times, options.say).step(part, async () => {
      const count = await runPart({ ...part, limitSeconds }, options);
      if (count.failed > 0) throw new PartFailed(count);
      return count;
    });
  } catch (error) {
    if (error instanceof PartFailed) return error.count;
    options.say(`${part.name}: ${error instanceof Error ? error.message : String(error)}`);
    return oneFailed;
  }
}

async function runOne(part: Part, options: RunOptions, results: PartResult[]): Promise<void> {
  const start = performance.now();
  const why = obstacle(part, results, options);
  if (why !== undefined) options.say(`${part.name}: not started, ${why}`);
  const count = why === undefined ? await timed(part, options) : oneFailed;
  const seconds = (performance.now() - start) / 1000;
  results.push({ name: part.name, seconds, ...count });
  options.say(`${count.failed === 0 ? 'passed' : 'FAILED'}  ${part.name}  ${seconds.toFixed(1)} s`);
}

/**
 * Runs parts in order, those of one inner list at once, says how each went, and adds that to `results`. Never rejects; a
 * part that is not started has failed.
 */
export async function runParts(
  parts: readonly (Part | readonly Part[])[],
  options: RunOptions,
  results: PartResult[],
): Promise<void> {
  for (const part of parts)
    await Promise.all([part].flat().map((entry: Part) => runOne(entry, options, results)));
}

/** What was skipped and why, and the last line of a run: how many passed and failed. */
export function closing(results: readonly Count[]): { readonly skipped: string; readonly last: string } {
  const { passed, failed, skipped } = addCounts(results);
  const lines = skipped.map(({ name, reason }) => `skipped  ${name}: ${reason}\n`);
  return { skipped: lines.join(''), last: `${passed} passed, ${failed} failed\n` };
}
