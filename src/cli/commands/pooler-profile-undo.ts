import { resolve } from 'node:path';

import type { PlannedStep } from '../../domain/plan.ts';
import { declaredBefore, declareStep } from '../../pooler/declare.ts';
import { planUndo } from '../../pooler/plan-undo.ts';
import { lookAtPoolers } from '../../pooler/pooler-state.ts';
import { stepJson } from '../../report/json.ts';
import { actionText } from '../../report/outcome.ts';
import { planText } from '../../report/text.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import type { UndoProfileOptions } from './pooler-profile-options.ts';
import { assertAllowed, runProfileSteps, withoutRepeats } from './pooler-profile-run.ts';
import { stackFileOf } from './pooler-profile-wanted.ts';

/** The stack file goes back to what it named before, unless somebody has changed it since. */
function declareAgain({ stackFile, store, context }: Session): readonly PlannedStep[] {
  const file = stackFileOf(stackFile);
  if (file === undefined) return [];
  const place = resolve(file.path);
  const now = file.file.spec.pooler?.profile;
  const before = declaredBefore(store.events(), place, now);
  if (before === undefined) return [];
  const because = 'rekindle pooler profile undo';
  const step = declareStep({ file: place, before: now, ...before, because, at: context.clock.now() });
  return step === undefined ? [] : [step];
}

async function undoSteps(session: Session): Promise<readonly PlannedStep[]> {
  const states = await lookAtPoolers(session.context);
  const at = session.context.clock.now();
  // The file first: whoever wants its profile would set it again.
  return withoutRepeats([...declareAgain(session), ...states.flatMap((state) => planUndo(state, at))]);
}

/** `rekindle pooler profile undo`. Throws UsageError, NoPooler, and what keeps the API from answering. */
export async function profileUndoCommand(
  options: CommonOptions & UndoProfileOptions,
  signal: AbortSignal,
): Promise<number> {
  const session = await openSession(options, signal, false);
  try {
    const steps = await undoSteps(session);
    if (options.dryRun === true) {
      const text = planText({ steps, refusals: [], tasks: [], waits: [], hopes: [] });
      answer(options, 'pooler-profile-undo-plan', { text, json: { steps: steps.map(stepJson) } });
      return exitCodes.healthy;
    }
    assertAllowed(steps, options.restartPoolers === true);
    const actions = await runProfileSteps(session, 'pooler profile undo', steps);
    const isDone = actions.length === steps.length && actions.every(({ verified }) => verified === 'yes');
    const head = isDone ? 'Nothing of a profile is left.' : 'Not everything was taken back; repeat it.';
    answer(options, 'pooler-profile-undo', {
      text: [head, ...actions.map(actionText)].join('\n'),
      json: { done: isDone, actions },
    });
    if (signal.aborted) return exitCodes.interrupted;
    return isDone ? exitCodes.healthy : exitCodes.broken;
  } finally {
    session.close();
  }
}
