import { prepareRehearsal, rehearse, type Rehearsed } from '../../app/rehearse.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import { answer } from '../answer.ts';
import { isWanted } from '../asked.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import { openSession, type Session } from '../session.ts';
import type { DrillOptions } from './drill-options.ts';
import { recoveredJson, recoveredText, unlessInterrupted } from './recovered.ts';

function drillPlan(session: Session, containers: readonly NodeContainer[]): string {
  const { context, target } = session;
  const names = containers.map(({ name }) => name).join(', ');
  return [
    `A rehearsal on ${target.context}: the stack ${context.stack.name} is proven by writes first, then`,
    `all ${containers.length} containers of the cluster are ended at once (SIGKILL): ${names};`,
    'then it is brought back as by `rekindle up`, and the writes of before are looked for.',
    'Nobody can use the stack meanwhile. What was running in it is cut off as by a loss of power; what the disk was given stays.',
  ].join('\n');
}

/** What became of the writes that were acknowledged right before. */
function keptText({ kept }: Rehearsed): string {
  const still = kept.filter((read) => read.answer === 'yes').length;
  const lost = kept.filter((read) => read.answer === 'no');
  if (kept.length === 0)
    return 'Whether a write of before was lost could not be asked: no write is declared.';
  if (lost.length > 0)
    return `LOST: ${lost.length} of ${kept.length} acknowledged writes are gone: ${lost.map(({ evidence }) => evidence).join('; ')}`;
  if (still === kept.length) return `Both writes of before are still there (${still} of ${kept.length}).`;
  return `Could not tell whether the writes of before are still there: ${kept.at(-1)?.evidence ?? ''}`;
}

/** As of a recovery; a write that is gone is broken, and a rehearsal that was not whole shows nothing. */
function exitCodeOfRehearsal({ kept, notEnded, verdict }: Rehearsed): number {
  if (kept.some((read) => read.answer === 'no')) return exitCodes.broken;
  return notEnded.length > 0 ? exitCodes.couldNotTell : exitCodeOf(verdict);
}

async function drillLocked(session: Session, options: CommonOptions): Promise<number> {
  const rehearsal = await prepareRehearsal(session);
  const result = await rehearse(session, rehearsal, {
    version: version(),
    timeoutMs: options.timeout,
    tellsTasks: true,
  });
  const { kept, notEnded } = result;
  session.close();
  const incomplete = notEnded.map((why) => `This was no whole rehearsal: ${why}`);
  answer(options, 'drill', {
    text: [recoveredText(result), keptText(result), ...incomplete].join('\n'),
    json: {
      run: session.log.id,
      ended: rehearsal.containers.map(({ name }) => name),
      kept,
      notEnded,
      ...recoveredJson(result),
    },
  });
  return unlessInterrupted(session.context.signal, exitCodeOfRehearsal(result));
}

/** `rekindle drill`: a stack that is well is cut off on purpose and brought back. Resolves with the exit code. */
export async function drill(options: CommonOptions & DrillOptions, signal: AbortSignal): Promise<number> {
  const session = await openSession(options, signal, true);
  try {
    const { context, target } = session;
    const containers = await context.provider.containers(target.cluster);
    const running = containers.filter(({ state }) => state === 'running');
    const plan = drillPlan(session, running);
    const question = {
      plan,
      question: `End them? Write the name of the cluster to go on: `,
      word: target.cluster,
    };
    if (await isWanted(options, question))
      return await holdingLock(target, 'rekindle drill', () => drillLocked(session, options));
    const text = `${plan}\nNothing was ended. With --yes it is.`;
    answer(options, 'drill plan', { text, json: { ended: [], would: running.map(({ name }) => name) } });
    return exitCodes.healthy;
  } finally {
    session.close();
  }
}
