import { readFile, rm } from 'node:fs/promises';
import process from 'node:process';

import { execa } from 'execa';

import { type Count, countReport } from './test-report.ts';

/** One part of the test run: a command that passes or fails as a whole, or vitest, which counts its tests. */
export interface Part {
  readonly name: string;
  readonly command: readonly string[];
  /** File where vitest writes its JSON report; the tests in it are counted. */
  readonly report?: string;
  /** How long it usually takes on 2 cores, seconds. */
  readonly expectedSeconds: number;
  /** Longest time it may take, seconds. */
  readonly limitSeconds: number;
  /** Name of the part without which this one would say nothing. */
  readonly needs?: string;
}

export interface PartOptions {
  readonly cwd: string;
  /** Takes a line about how it goes; the part's own output goes to standard error. */
  readonly say: (line: string) => void;
  /** Fires when the user interrupts. */
  readonly interrupted?: AbortSignal;
}

const onePassed: Count = { passed: 1, failed: 0, skipped: [] };
export const oneFailed: Count = { passed: 0, failed: 1, skipped: [] };

/**
 * Runs one part with its output on stderr and counts. At its limit, and when `interrupted` fires, it is ended together
 * with what it started. Never throws: a part that cannot be started, dies, or leaves no report has failed.
 */
export async function runPart(part: Part, options: PartOptions): Promise<Count> {
  try {
    // One of an earlier run must not speak for this one.
    if (part.report !== undefined) await rm(part.report, { force: true });
    const ok = await succeeds(part, options);
    if (part.report === undefined) return ok ? onePassed : oneFailed;
    const count = countReport(await readFile(part.report, 'utf8'));
    return ok || count.failed > 0 ? count : { ...count, failed: 1 };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    options.say(`${part.name}: ${said.split('\n')[0]}`);
    return oneFailed;
  }
}

/** How long a part gets to end by itself before it is killed, ms. */
const graceMs = 20_000;

async function succeeds(part: Part, { cwd, say, interrupted }: PartOptions): Promise<boolean> {
  const { name, command, limitSeconds } = part;
  const [file = '', ...args] = command;
  const limit = AbortSignal.timeout(Math.ceil(limitSeconds * 1000));
  // A process group of its own, so that a part that hangs can be ended whole.
  const child = execa(file, args, {
    cwd,
    stdin: 'ignore',
    stdout: process.stderr,
    stderr: process.stderr,
    reject: false,
    detached: true,
  });
  let killer: NodeJS.Timeout | undefined;
  const end = (why: string) => {
    say(`${name}: ${why}, stopped`);
    endGroup(child.pid, 'SIGTERM');
    killer ??= setTimeout(() => endGroup(child.pid, 'SIGKILL'), graceMs);
  };
  const tooLate = () => end(`no end within ${Math.round(limitSeconds)} s`);
  const asked = () => end('interrupted');
  limit.addEventListener('abort', tooLate);
  interrupted?.addEventListener('abort', asked);
  if (interrupted?.aborted === true) asked();
  const result = await child;
  clearTimeout(killer);
  limit.removeEventListener('abort', tooLate);
  interrupted?.removeEventListener('abort', asked);
  // What a part that was stopped left behind in its group goes with it.
  if (killer !== undefined) endGroup(child.pid, 'SIGKILL');
  if (result.failed && killer === undefined) say(`${name}: ${result.shortMessage}`);
  return result.exitCode === 0 && killer === undefined;
}

function endGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // The group ended on its own in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
