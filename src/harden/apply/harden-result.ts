import { refText, type ObjectRef } from '../../domain/object-ref.ts';

/** What came of one object. */
export interface HardenResult {
  readonly measures: readonly string[];
  readonly target: string;
  /**
   * `done`: changed and proven. `refused`: not begun. `taken-back`: changed, not proven, and as it was before again. `failed`:
   * the outcome is not as it should be, and somebody has to look.
   */
  readonly outcome: 'done' | 'refused' | 'taken-back' | 'failed';
  readonly detail: string;
  readonly seconds: number;
}

/** One result as a line. */
function resultText({ measures, target, outcome, detail, seconds }: HardenResult): string {
  const words = {
    done: `done in ${seconds.toFixed(1)} s`,
    refused: 'not done',
    'taken-back': `taken back after ${seconds.toFixed(1)} s`,
    failed: 'failed',
  }[outcome];
  return `${words}: ${target} (${measures.join(', ')}): ${detail}`;
}

/** What came of all objects. `unseen`: what could not be looked at, where something may be left to do. */
export function resultsText(results: readonly HardenResult[], unseen: readonly string[]): string {
  const unknown = unseen.map((why) => `could not look: ${why}`);
  const nothing =
    unseen.length === 0
      ? 'Nothing to do; nothing was changed.'
      : 'Nothing was changed; whether there is something to do is not known.';
  return [...(results.length === 0 ? [nothing] : results.map(resultText)), ...unknown].join('\n');
}

/** A result that was timed from `start`, monotonic ms. */
export function timed(
  clock: { readonly monotonic: () => number },
  target: ObjectRef,
  measures: readonly string[],
): (outcome: HardenResult['outcome'], detail: string) => HardenResult {
  const start = clock.monotonic();
  return (outcome, detail) => ({
    measures,
    target: refText(target),
    outcome,
    detail,
    seconds: (clock.monotonic() - start) / 1000,
  });
}
