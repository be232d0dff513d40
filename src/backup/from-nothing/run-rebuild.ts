import type { JournalEvent } from '../../domain/journal-event.ts';
import { causeText } from '../../record/explained-error.ts';
import { asRefusal } from './as-refusal.ts';
import type { RebuildContext, RebuildStep } from './context.ts';

/** What came of one step. */
export interface StepResult {
  readonly id: string;
  readonly detail: string;
  readonly seconds: number;
  /** Whether an earlier run had done it. */
  readonly before: boolean;
}

export interface RebuildRun {
  /** Id of this run, for the journal. */
  readonly run: string;
  /** Writes to disk before it returns. */
  readonly record: (event: JournalEvent) => void;
  /** Steps that an earlier run has done: none of them is done again, for by then somebody may have written. */
  readonly done: ReadonlySet<string>;
}

/**
 * Takes the steps one after the other, each journaled before and after. Killed at any point, the next run goes on with the step that was not
 * done. Throws RebuildRefused, whatever else a step throws, and the signal's reason between two steps.
 */
export async function runRebuild(
  context: RebuildContext,
  steps: readonly RebuildStep[],
  { run, record, done }: RebuildRun,
): Promise<readonly StepResult[]> {
  const { clock, restore, signal } = context;
  const results: StepResult[] = [];
  for (const { id, title, run: take } of steps) {
    if (done.has(id)) {
      results.push({ id, detail: 'done by an earlier run', seconds: 0, before: true });
      continue;
    }
    signal.throwIfAborted();
    const event = { type: 'rebuild-step', run, restore, step: id } as const;
    record({ ...event, phase: 'intended', detail: title, seconds: 0 });
    const start = clock.monotonic();
    const seconds = () => (clock.monotonic() - start) / 1000;
    try {
      const detail = await take(context);
      const result = { id, detail, seconds: seconds(), before: false };
      record({ ...event, phase: 'done', detail, seconds: result.seconds });
      results.push(result);
    } catch (error) {
      record({ ...event, phase: 'failed', detail: causeText(error), seconds: seconds() });
      throw asRefusal(error, title, context.backup.manifest.id);
    }
  }
  return results;
}
