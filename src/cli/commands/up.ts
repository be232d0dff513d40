import { recover } from '../../app/recover.ts';
import { noticeTexts } from '../../report/text.ts';
import { answer } from '../answer.ts';
import { browserAdvice } from '../browser-advice.ts';
import { copyOutFolder } from '../copy-out-folder.ts';
import { exitCodeOf } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import { openSession, type Session } from '../session.ts';
import { recoveredJson, recoveredText, unlessInterrupted } from './recovered.ts';
import type { UpOptions } from './up-options.ts';

async function healLocked(
  session: Session,
  options: CommonOptions,
  copyOut: string | undefined,
): Promise<number> {
  const { context } = session;
  const timeoutMs = options.timeout;
  const result = await recover(session, {
    command: 'up',
    version: version(),
    timeoutMs,
    copyOut,
    tellsTasks: true,
  });
  const { verdict, pass } = result;
  // The picture ends before the answer, which goes to another stream of the same terminal.
  session.close();
  // The stack is usable; whether its owner's browser finds it is another question, which they would ask next.
  const advice = verdict.state === 'healthy' ? await browserAdvice(session) : [];
  answer(options, 'up', {
    text: [recoveredText(result), ...noticeTexts(pass.findings), ...advice].join('\n'),
    json: { run: session.log.id, ...recoveredJson(result), advice },
  });
  return unlessInterrupted(context.signal, exitCodeOf(verdict));
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
