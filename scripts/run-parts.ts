import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import process from 'node:process';

import { execa } from 'execa';

/** One part of the test run: a command that passes or fails as a whole, or vitest, which counts its tests. */
export interface Part {
  readonly name: string;
  readonly command: readonly string[];
  /** File where vitest writes its JSON report; the tests in it are counted. */
  readonly report?: string;
  /** Longest time it may take, seconds. */
  readonly limitSeconds: number;
}

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts tests from vitest's JSON report. A run that failed without a failed test (a file that does not load), and
 * one in which no test ran, count as one failure.
 */
export function countReport(text: string): Count {
  const report = JSON.parse(text) as { numPassedTests: number; numFailedTests: number; success: boolean };
  const unseen = report.numFailedTests === 0 && (!report.success || report.numPassedTests === 0) ? 1 : 0;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unseen };
}

/** Runs one part with its output on stderr and counts. At its limit it is ended together with what it started. */
export async function runPart(part: Part, cwd: string): Promise<Count> {
  const ok = await succeeds(part, cwd);
  if (part.report === undefined) return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  if (!existsSync(part.report)) return { passed: 0, failed: 1 };
  const count = countReport(await readFile(part.report, 'utf8'));
  return ok || count.failed > 0 ? count : { ...count, failed: 1 };
}

async function succeeds({ name, command, limitSeconds }: Part, cwd: string): Promise<boolean> {
  const [file = '', ...args] = command;
  // A process group of its own, so that a part that hangs can be ended whole.
  const child = execa(file, args, {
    cwd,
    stdin: 'ignore',
    stdout: process.stderr,
    stderr: process.stderr,
    reject: false,
    detached: true,
  });
  const end = (signal: NodeJS.Signals) => endGroup(child.pid, signal);
  const interrupted = () => end('SIGTERM');
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const timers = [
    setTimeout(() => {
      process.stderr.write(`${name}: no end within ${Math.round(limitSeconds)} s, stopped\n`);
      end('SIGTERM');
    }, limitSeconds * 1000),
    setTimeout(() => end('SIGKILL'), (limitSeconds + 20) * 1000),
  ];
  const result = await child;
  for (const timer of timers) clearTimeout(timer);
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  return result.exitCode === 0;
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
