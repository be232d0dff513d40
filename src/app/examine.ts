import { diagnose } from '../diagnose/diagnose.ts';
import type { ObserveContext } from '../observe/context.ts';
import { observe } from '../observe/observe.ts';
import { pastActions } from '../plan/history.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Pass, RunLog } from './run-log.ts';

/** Observe, diagnose and plan once; changes nothing. `busy` names objects with an action under way. */
export async function examine(
  context: ObserveContext,
  log: RunLog,
  busy: ReadonlySet<string> = new Set(),
): Promise<Pass> {
  log.beginLook();
  const observation = await observe(context);
  const check = { stack: context.stack, firstSeen: log.firstSeen, usualStart: log.usualStart };
  const findings = diagnose(observation, check);
  const past = pastActions(log.past());
  const plan = makePlan(findings, check, { stack: context.stack, observation, past, run: log.id, busy });
  return { observation, findings, plan };
}
