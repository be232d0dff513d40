import process from 'node:process';

import { heal, type HealResult } from '../../app/heal.ts';
import { lastProof } from '../../app/last-proof.ts';
import { measuredStarts } from '../../app/measured-starts.ts';
import { refreshStack } from '../../app/refresh-stack.ts';
import { pastActions } from '../../plan/history.ts';
import { document, findingJson, refusalJson, taskJson } from '../../report/json.ts';
import { outcomeText } from '../../report/outcome.ts';
import { browserAdvice } from '../browser-advice.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import { openSession, type Session } from '../session.ts';

/** Actions whose outcome was never heard, because the process or the power ended in between, are closed as unknown. */
function closeUnheard({ log }: Session): void {
  for (const { action, run, acted } of pastActions(log.events())) {
    if (acted !== undefined || run === log.id) continue;
    log.record({
      type: 'step-acted',
      run,
      action,
      acted: 'unknown',
      detail: 'the run ended before it heard the outcome',
    });
  }
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

async function healLocked(session: Session, options: CommonOptions): Promise<number> {
  const { log, context, target } = session;
  log.record({
    type: 'run-started',
    run: log.id,
    command: 'up',
    context: target.context,
    version: version(),
  });
  closeUnheard(session);
  const provenAt = lastProof(log.events(), target.context, context.clock.now());
  const result = await heal(context, log, {
    timeoutMs: options.timeout,
    provenAt,
    refreshStack: () => refreshStack(session, log),
  });
  const { verdict, pass, actions, seconds } = result;
  recordStarts(session, result, provenAt);
  log.record({ type: 'run-ended', run: log.id, verdict, seconds });
  // The picture ends before the answer, which goes to another stream of the same terminal.
  session.close();
  const code = context.signal.aborted ? exitCodes.interrupted : exitCodeOf(verdict);
  // The stack is usable; whether its owner's browser finds it is another question, which they would ask next.
  const advice = verdict.state === 'healthy' ? await browserAdvice(session) : [];
  if (options.json !== true) {
    const { refusals, tasks } = pass.plan;
    const outcome = outcomeText({ verdict, actions, refusals, tasks, seconds });
    process.stdout.write(`${[outcome, ...advice].join('\n')}\n`);
    return code;
  }
  process.stdout.write(
    document('up', {
      run: log.id,
      verdict,
      seconds,
      actions,
      refusals: pass.plan.refusals.map(refusalJson),
      tasks: pass.plan.tasks.map(taskJson),
      findings: pass.findings.map(findingJson),
      advice,
    }),
  );
  return code;
}

/** `rekindle up`: brings the stack back and says how far that was proven. Resolves with the exit code. */
export async function up(options: CommonOptions, signal: AbortSignal): Promise<number> {
  if (options.dryRun === true) return (await import('./look.ts')).planCommand(options, signal);
  const session = await openSession(options, signal, true);
  try {
    return await holdingLock(session.target.cluster, 'rekindle up', () => healLocked(session, options));
  } finally {
    session.close();
  }
}
