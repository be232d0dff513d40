import { diagnose } from '../diagnose/diagnose.ts';
import type { ObserveContext } from '../observe/context.ts';
import { observe } from '../observe/observe.ts';
import { pastActions } from '../plan/history.ts';
import type { Restraint } from '../plan/guards/define-guard.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Pass, RunLog } from './run-log.ts';

/** What a plan depends on besides what is seen. */
export interface PlanInput {
  /** What actions under way reserve (`reservedBy`). */
  readonly busy?: ReadonlySet<string>;
  /** Folder of `--copy-out` for this run. */
  readonly copyOut?: string | undefined;
  /** How far nobody's own decision holds itself back; undefined: a person asked. */
  readonly restraint?: Restraint | undefined;
}

/** Observe, diagnose and plan once; changes nothing. */
export async function examine(
  context: ObserveContext,
  log: RunLog,
  { busy = new Set(), copyOut, restraint }: PlanInput = {},
): Promise<Pass> {
  log.beginLook();
  const observation = await observe(context);
  const past = pastActions(log.past());
  const check = { stack: context.stack, firstSeen: log.firstSeen, usualStart: log.usualStart, past };
  const findings = diagnose(observation, check);
  const { stack } = context;
  const plan = makePlan(findings, check, { stack, observation, past, run: log.id, busy, copyOut, restraint });
  return { observation, findings, plan };
}
