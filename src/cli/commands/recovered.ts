import type { Recovered } from '../../app/recover.ts';
import { causeText } from '../../record/explained-error.ts';
import { findingJson, refusalJson, taskJson } from '../../report/json.ts';
import { outcomeText } from '../../report/outcome.ts';
import { tell } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';

/** The end of a recovery for people. */
export function recoveredText({ pass, ...result }: Recovered): string {
  return outcomeText({ ...result, refusals: pass.plan.refusals });
}

/** The end of a recovery for programs. */
export function recoveredJson({ verdict, seconds, actions, tasks, pass }: Recovered) {
  return {
    verdict,
    seconds,
    actions,
    refusals: pass.plan.refusals.map(refusalJson),
    tasks: tasks.map(taskJson),
    findings: pass.findings.map(findingJson),
  };
}

/** The exit code, unless somebody has interrupted: then that is said. */
export function unlessInterrupted(signal: AbortSignal, code: number): number {
  if (!signal.aborted) return code;
  tell(`rekindle: ${causeText(signal.reason)}`);
  return exitCodes.interrupted;
}
