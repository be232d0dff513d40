import { runStep } from '../../act/runner.ts';
import type { ActionResult } from '../../domain/action-result.ts';
import { steps } from '../../act/steps/index.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { refusalJson } from '../../report/json.ts';
import { actionText } from '../../report/outcome.ts';
import { planText, refusalText } from '../../report/text.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import { openSession, type Session } from '../session.ts';
import { decidedPass } from './decided-pass.ts';
import { namesLike, stepGroups, stepListText, waitForDatabase } from './step-groups.ts';
import { waitForDatabaseCommand } from './wait-for-database.ts';

/** `rekindle step list`: every step and group by name; no cluster is asked. */
export function stepListCommand(options: CommonOptions): number {
  const names = Object.keys(steps);
  answer(options, 'step-list', { text: stepListText(names), json: { steps: names, groups: stepGroups } });
  return exitCodes.healthy;
}

async function runAll({ context, log }: Session, chosen: readonly PlannedStep[]): Promise<ActionResult[]> {
  const results: ActionResult[] = [];
  if (chosen.length > 0) log.begin('step run', version());
  for (const step of chosen) results.push(await runStep(step, context, log.id, log.record));
  return results;
}

/** `rekindle step run X`: observes and plans as `up` does, limited to X; changes nothing when nothing calls for it. */
export async function stepRunCommand(
  options: CommonOptions,
  signal: AbortSignal,
  [name = '']: readonly string[],
): Promise<number> {
  const wanted = new Set(stepGroups[name] ?? [name]);
  if (![...wanted].every((step) => Object.hasOwn(steps, step))) {
    const usual = Object.keys(stepGroups);
    const near = namesLike(name, [...usual, ...Object.keys(steps)]);
    throw new UsageError({
      what: `There is no step ${name}`,
      cause:
        near.length > 0 ? `did you mean ${near.join(' or ')}?` : `the usual ones are ${usual.join(', ')}`,
      place: 'rekindle step run',
      next: 'See: rekindle step list',
    });
  }
  const session = await openSession(options, signal, false);
  try {
    if (name === waitForDatabase) return await waitForDatabaseCommand(session, options);
    const { plan } = await decidedPass(session, wanted);
    const chosen = plan.steps.filter((step) => wanted.has(step.step));
    const refusals = plan.refusals.filter((refusal) => wanted.has(refusal.step));
    const actions = await holdingLock(session.target, 'rekindle step run', () => runAll(session, chosen));
    const lines = [
      ...(chosen.length === 0 && refusals.length === 0
        ? [`Nothing calls for ${name} now; nothing was changed.`]
        : []),
      ...(chosen.length > 0
        ? [planText({ steps: chosen, refusals: [], tasks: [], waits: [], hopes: [] })]
        : []),
      ...actions.map(actionText),
      ...refusals.map(refusalText),
    ];
    const json = { actions, refusals: refusals.map(refusalJson) };
    answer(options, 'step-run', { text: lines.join('\n'), json });
    return refusals.length === 0 && actions.every((action) => action.verified === 'yes')
      ? exitCodes.healthy
      : exitCodes.broken;
  } finally {
    session.close();
  }
}
