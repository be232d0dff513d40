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
export function resultText({ measures, target, outcome, detail, seconds }: HardenResult): string {
  const words = {
    done: `done in ${seconds.toFixed(1)} s`,
    refused: 'not done',
    'taken-back': `taken back after ${seconds.toFixed(1)} s`,
    failed: 'failed',
  }[outcome];
  return `${words}: ${target} (${measures.join(', ')}): ${detail}`;
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
