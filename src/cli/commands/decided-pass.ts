import { examine, type PlanInput } from '../../app/examine.ts';
import type { Pass } from '../../app/run-log.ts';
import type { StepName } from '../../domain/plan.ts';
import { pendingSteps } from '../../plan/pending-steps.ts';
import type { Session } from '../session.ts';

/** Longer than any fault takes to decide whether something comes back by itself (`graceMs` of the faults), ms. */
const decidesMs = 15_000;
const betweenLooksMs = 400;

/** What the engine may be about to start by itself: only how long it has been down tells whether somebody has to. */
const byTimeAlone: ReadonlySet<StepName> = new Set(['start-cluster', 'start-node', 'start-load-balancer']);

/** What `up` would do now: looks again for a few seconds where one look cannot tell. Changes nothing, and no journal. */
export function plannedPass(session: Pick<Session, 'context' | 'log'>, input: PlanInput): Promise<Pass> {
  return decidedPass(session, byTimeAlone, { input, see: (pass) => session.log.remember(pass) });
}

/**
 * Looks until it is decided whether one of these steps is called for: right after a boot the engine may be about to start what
 * does not run yet, which one look cannot tell.
 */
export async function decidedPass(
  { context, log }: Pick<Session, 'context' | 'log'>,
  wanted: ReadonlySet<string>,
  { input = {}, see = (pass) => log.note(pass) }: { input?: PlanInput; see?: (pass: Pass) => void } = {},
): Promise<Pass> {
  const { clock, signal, stack } = context;
  const end = clock.monotonic() + decidesMs;
  const isWanted = ({ step }: { readonly step: StepName }): boolean => wanted.has(step);
  for (;;) {
    const pass = await examine(context, log, input);
    // What was seen when is what the next look decides by.
    see(pass);
    const check = { stack, firstSeen: log.firstSeen, usualStart: log.usualStart };
    const pending = pendingSteps(pass.findings, pass.observation, check);
    const isDecided = pass.plan.steps.some(isWanted) || pass.plan.refusals.some(isWanted);
    const isOpen = !isDecided && [...wanted].some((step) => pending.has(step as StepName));
    if (!isOpen || clock.monotonic() > end) return pass;
    await clock.sleep(betweenLooksMs, signal);
  }
}
