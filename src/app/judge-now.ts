import type { Verdict } from '../domain/verdict.ts';
import { judge } from '../verify/judge.ts';
import { wantedLevel } from '../verify/verifier.ts';
import { examine } from './examine.ts';
import { proveTwice } from './prove-twice.ts';
import type { Site } from './recover.ts';

/** Whether the stack is usable, and by which writes that was proven. */
export interface JudgedNow {
  readonly verdict: Verdict;
  /** Ids; none when a finding is bad. */
  readonly writes: readonly string[];
}

/** Whether the stack is usable now: every finding, and two writes through the front door when none is bad. */
export async function judgeNow({ context, log }: Pick<Site, 'context' | 'log'>): Promise<JudgedNow> {
  const { findings, observation } = await examine(context, log);
  const wanted = wantedLevel(context);
  const judged = (proven: Verdict['proven']) =>
    judge({ proven, wanted, findings, observation, at: context.clock.now() });
  // A write that cannot succeed may itself do harm.
  if (!findings.every(({ kind }) => kind === 'notice')) return { verdict: judged('none'), writes: [] };
  const { level, last, writes } = await proveTwice(context, log);
  const verdict = judged(level);
  if (verdict.state === 'healthy') return { verdict, writes };
  return { verdict: { ...verdict, sentence: `${verdict.sentence} ${last.evidence}` }, writes };
}
