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

/** Counts tests from vitest's JSON report. A run in which no test was executed counts as one failure. */
export function countReport(text: string): Count {
  const report = JSON.parse(text) as { numPassedTests: number; numFailedTests: number; success: boolean };
  const failed = report.numFailedTests + (report.success || report.numFailedTests > 0 ? 0 : 1);
  return report.numPassedTests + failed === 0
    ? { passed: 0, failed: 1 }
    : { passed: report.numPassedTests, failed };
}

/** Runs one part with its output on stderr; resolves with whether its exit code was 0. Kills it at its limit. */
export async function runPart(part: Part, cwd: string): Promise<boolean> {
  const [file = '', ...args] = part.command;
  const result = await execa(file, args, {
    cwd,
    stdin: 'ignore',
    stdout: process.stderr,
    stderr: process.stderr,
    reject: false,
    timeout: part.limitSeconds * 1000,
    forceKillAfterDelay: 20_000,
  });
  if (result.timedOut) process.stderr.write(`${part.name}: no end within ${part.limitSeconds} s, stopped\n`);
  return result.exitCode === 0;
}
