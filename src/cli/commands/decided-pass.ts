import { examine } from '../../app/examine.ts';
import type { Pass } from '../../app/run-log.ts';
import type { StepName } from '../../domain/plan.ts';
import { pendingSteps } from '../../plan/pending-steps.ts';
import type { Session } from '../session.ts';

/** Longer than any fault takes to decide whether something comes back by itself (`graceMs` of the faults), ms. */
const decidesMs = 15_000;
const betweenLooksMs = 400;

/**
 * Looks until it is decided whether one of these steps is called for: right after a boot the engine may be about to start what
 * does not run yet, which one look cannot tell.
 */
export async function decidedPass({ context, log }: Session, wanted: ReadonlySet<string>): Promise<Pass> {
  const { clock, signal, stack } = context;
  const end = clock.monotonic() + decidesMs;
  const isWanted = ({ step }: { readonly step: StepName }): boolean => wanted.has(step);
  for (;;) {
    const pass = await examine(context, log);
    // What was seen when is what the next look decides by.
    log.note(pass);
    const check = { stack, firstSeen: log.firstSeen, usualStart: log.usualStart };
    const pending = pendingSteps(pass.findings, pass.observation, check);
    const isDecided = pass.plan.steps.some(isWanted) || pass.plan.refusals.some(isWanted);
    const isOpen = !isDecided && [...wanted].some((step) => pending.has(step as StepName));
    if (!isOpen || clock.monotonic() > end) return pass;
    await clock.sleep(betweenLooksMs, signal);
  }
}
