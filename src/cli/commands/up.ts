import { heal, type HealResult } from '../../app/heal.ts';
import { lastProof } from '../../app/last-proof.ts';
import { measuredStarts } from '../../app/measured-starts.ts';
import { refreshStack } from '../../app/refresh-stack.ts';
import { unfinishedCopies, unfinishedCopyTask, type UnfinishedCopy } from '../../app/unfinished-copies.ts';
import { refText } from '../../domain/object-ref.ts';
import type { ManualTask } from '../../domain/plan.ts';
import { pastActions, type PastAction } from '../../plan/history.ts';
import { copyOnDisk } from '../../record/copy-on-disk.ts';
import { causeText } from '../../record/explained-error.ts';
import { findingJson, refusalJson, taskJson } from '../../report/json.ts';
import { outcomeText } from '../../report/outcome.ts';
import { answer, tell } from '../answer.ts';
import { browserAdvice } from '../browser-advice.ts';
import { copyOutFolder } from '../copy-out-folder.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import { openSession, type Session } from '../session.ts';
import type { UpOptions } from './up-options.ts';

type Unheard = Pick<PastAction, 'run' | 'action'>;

function closeAsUnknown({ log }: Session, actions: readonly Unheard[]): void {
  for (const { run, action } of actions)
    log.record({
      type: 'step-acted',
      run,
      action,
      acted: 'unknown',
      detail: 'the run ended before it heard the outcome',
    });
}

/**
 * Actions whose outcome was never heard, because the process or the power ended in between, are closed as unknown; those
 * that moved somebody's files only when that has been told.
 */
function closeUnheard(session: Session): void {
  const { log } = session;
  const unheard = pastActions(log.events()).filter(
    ({ acted, run, step }) => acted === undefined && run !== log.id && step !== 'restart-pod-with-its-files',
  );
  closeAsUnknown(session, unheard);
}

/** Files that an earlier run may have left in a copy only: said at once, and told in full at the end. */
function findUnfinished({ log, store, target }: Session): readonly UnfinishedCopy[] {
  const unfinished = unfinishedCopies(store.events(), { run: log.id, context: target.context });
  for (const { step, root } of unfinished)
    log.say(`an earlier run was ended while it moved the files of ${refText(step.target)}; see ${root}`);
  return unfinished;
}

function tasksFor(
  unfinished: readonly UnfinishedCopy[],
  { pass: { observation } }: HealResult,
): readonly ManualTask[] {
  return unfinished.flatMap(
    (copy) => unfinishedCopyTask(copy, copyOnDisk(copy.root, copy.step.target), observation) ?? [],
  );
}

/** Starts that are older than this, or were part of an earlier proof, say nothing about this one, ms. */
const lateMs = 600_000;

/** A run that ends with the stack healthy knows how long each part took to come up. */
function recordStarts(
  { log, context }: Session,
  { verdict, pass: { observation } }: HealResult,
  provenAt = 0,
): void {
  if (verdict.state !== 'healthy') return;
  const since = Math.max(provenAt, observation.at - lateMs);
  const seconds = measuredStarts(observation, context.stack, since);
  if (Object.keys(seconds).length > 0) log.record({ type: 'starts-measured', run: log.id, seconds });
}

async function healLocked(
  session: Session,
  options: CommonOptions,
  copyOut: string | undefined,
): Promise<number> {
  const { log, context, target } = session;
  log.record({
    type: 'run-started',
    run: log.id,
    command: 'up',
    context: target.context,
    version: version(),
  });
  const unfinished = findUnfinished(session);
  closeUnheard(session);
  const provenAt = lastProof(log.events(), target.context, context.clock.now());
  const result = await heal(context, log, {
    timeoutMs: options.timeout,
    provenAt,
    copyOut,
    refreshStack: () => refreshStack(session, log),
  });
  const { verdict, pass, actions, seconds } = result;
  const tasks = [...tasksFor(unfinished, result), ...pass.plan.tasks];
  closeAsUnknown(session, unfinished);
  recordStarts(session, result, provenAt);
  log.record({ type: 'run-ended', run: log.id, verdict, seconds });
  // The picture ends before the answer, which goes to another stream of the same terminal.
  session.close();
  // The stack is usable; whether its owner's browser finds it is another question, which they would ask next.
  const advice = verdict.state === 'healthy' ? await browserAdvice(session) : [];
  const { refusals } = pass.plan;
  const outcome = outcomeText({ verdict, actions, refusals, tasks, seconds });
  answer(options, 'up', {
    text: [outcome, ...advice].join('\n'),
    json: {
      run: log.id,
      verdict,
      seconds,
      actions,
      refusals: refusals.map(refusalJson),
      tasks: tasks.map(taskJson),
      findings: pass.findings.map(findingJson),
      advice,
    },
  });
  if (!context.signal.aborted) return exitCodeOf(verdict);
  tell(`rekindle: ${causeText(context.signal.reason)}`);
  return exitCodes.interrupted;
}

/** `rekindle up`: brings the stack back and says how far that was proven. Resolves with the exit code. */
export async function up(options: CommonOptions & UpOptions, signal: AbortSignal): Promise<number> {
  if (options.dryRun === true) return (await import('./look.ts')).planCommand(options, signal);
  const copyOut = options.copyOut === undefined ? undefined : copyOutFolder(options.copyOut, Date.now());
  const session = await openSession(options, signal, true);
  try {
    return await holdingLock(session.target, 'rekindle up', () => healLocked(session, options, copyOut));
  } finally {
    session.close();
  }
}
