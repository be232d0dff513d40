import { steps } from '../../act/steps/index.ts';
import { refusalJson } from '../../report/json.ts';
import { actionText } from '../../report/outcome.ts';
import { planText, refusalText } from '../../report/text.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { openSession } from '../session.ts';
import { decidedPass } from './decided-pass.ts';
import { unlessInterrupted } from './recovered.ts';
import { runSteps } from './run-steps.ts';
import { namesLike, stepGroups, stepListText, waitForDatabase } from './step-groups.ts';
import { waitForDatabaseCommand } from './wait-for-database.ts';

/** `rekindle step list`: every step and group by name; no cluster is asked. */
export function stepListCommand(options: CommonOptions): number {
  const names = Object.keys(steps);
  answer(options, 'step-list', { text: stepListText(names), json: { steps: names, groups: stepGroups } });
  return exitCodes.healthy;
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
    const actions = await holdingLock(session.target, 'rekindle step run', () =>
      runSteps(session, 'step run', chosen),
    );
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
    const isDone = refusals.length === 0 && actions.every((action) => action.verified === 'yes');
    return unlessInterrupted(signal, isDone ? exitCodes.healthy : exitCodes.broken);
  } finally {
    session.close();
  }
}
