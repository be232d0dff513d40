import { randomUUID } from 'node:crypto';

import type { ActionResult } from '../domain/action-result.ts';
import type { JournalEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { plainLine } from '../domain/plain-text.ts';
import type { ProbeAnswer } from '../domain/verdict.ts';
import { oneLine } from '../observe/look.ts';
import type { ActContext, Step } from './define-step.ts';
import { NothingTouched } from './nothing-touched.ts';
import { steps } from './steps/index.ts';

/** How often a step's probe is asked, ms. */
const probeEveryMs = 300;

async function prove(step: Step, planned: PlannedStep, context: ActContext): Promise<ProbeAnswer> {
  const end = context.clock.monotonic() + step.proofMs;
  let last: ProbeAnswer = { answer: 'unknown', evidence: 'not asked', at: context.clock.now() };
  while (context.clock.monotonic() < end && !context.signal.aborted) {
    try {
      last = await step.probe(planned, context);
      if (last.answer === 'yes') return last;
    } catch (error) {
      last = { answer: 'unknown', evidence: oneLine(error), at: context.clock.now() };
    }
    await context.clock.sleep(probeEveryMs);
  }
  return last;
}

async function hindrance(step: Step, planned: PlannedStep, context: ActContext): Promise<string | undefined> {
  try {
    return await step.precondition(planned, context);
  } catch (error) {
    return `it could not be checked right before acting: ${oneLine(error)}`;
  }
}

/**
 * Runs one planned step: precondition, intent on disk, action, outcome, proof. When the journal cannot be written,
 * `record` throws before anything is touched: no journal, no action. What was done and could not be written stays an intent,
 * whose outcome the next run calls unknown.
 */
export async function runStep(
  planned: PlannedStep,
  context: ActContext,
  run: string,
  record: (event: JournalEvent) => unknown,
): Promise<ActionResult> {
  const step = steps[planned.step];
  const start = context.clock.monotonic();
  const action = randomUUID();
  const result = (rest: Pick<ActionResult, 'acted' | 'verified' | 'did' | 'detail'>): ActionResult => ({
    action,
    step: planned.step,
    target: refText(planned.target),
    seconds: (context.clock.monotonic() - start) / 1000,
    ...rest,
  });
  const reason = await hindrance(step, planned, context);
  if (reason !== undefined) return result({ acted: 'skipped', verified: 'unknown', detail: reason });

  record({ type: 'step-intended', run, action, step: planned });
  let did: string;
  try {
    did = plainLine(await step.run(planned, context));
  } catch (error) {
    const detail = oneLine(error);
    const isUntouched = error instanceof NothingTouched;
    record({
      type: 'step-acted',
      run,
      action,
      acted: 'failed',
      detail,
      ...(isUntouched && { untouched: true }),
    });
    return result({ acted: isUntouched ? 'skipped' : 'failed', verified: 'unknown', detail });
  }
  // First: what was done is done, and answers of before it count no more, also when it cannot be written.
  context.kept.clear();
  context.late.clear();
  record({ type: 'step-acted', run, action, acted: 'done', detail: did });
  const proof = await prove(step, planned, context);
  const detail = plainLine(proof.evidence);
  record({ type: 'step-verified', run, action, verified: proof.answer, detail });
  return result({ acted: 'done', verified: proof.answer, did, detail });
}
