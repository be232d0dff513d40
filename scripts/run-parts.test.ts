import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { countReport, runPart } from './run-parts.ts';

describe('the count of a report', () => {
  test.each([
    ['all passed', { numPassedTests: 3, numFailedTests: 0, success: true }, { passed: 3, failed: 0 }],
    ['one failed', { numPassedTests: 3, numFailedTests: 1, success: false }, { passed: 3, failed: 1 }],
    [
      'a file did not load',
      { numPassedTests: 3, numFailedTests: 0, success: false },
      { passed: 3, failed: 1 },
    ],
    ['no test ran', { numPassedTests: 0, numFailedTests: 0, success: true }, { passed: 0, failed: 1 }],
  ])('%s', (_name, report, count) => expect(countReport(JSON.stringify(report))).toEqual(count));
});

function node(code: string): readonly string[] {
  return [process.execPath, '-e', code];
}

describe('a part', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'parts-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('without a report counts as one', async () => {
    const part = { name: 'x', command: node('process.exit(3)'), limitSeconds: 20 };
    expect(await runPart(part, folder)).toEqual({ passed: 0, failed: 1 });
  });

  test('that hangs is ended at its limit, with what it started', async () => {
    const child = 'require("child_process").spawnSync("sleep", ["60"])';
    const started = performance.now();
    expect(await runPart({ name: 'x', command: node(child), limitSeconds: 0.5 }, folder)).toEqual({
      passed: 0,
      failed: 1,
    });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test('whose report is good but which failed is a failure', async () => {
    const report = path.join(folder, 'report.json');
    await writeFile(report, JSON.stringify({ numPassedTests: 2, numFailedTests: 0, success: true }));
    const part = { name: 'x', command: node('process.exit(1)'), report, limitSeconds: 20 };
    expect(await runPart(part, folder)).toEqual({ passed: 2, failed: 1 });
  });

  test('whose report is missing is a failure', async () => {
    const part = { name: 'x', command: node(''), report: path.join(folder, 'none'), limitSeconds: 20 };
    expect(await runPart(part, folder)).toEqual({ passed: 0, failed: 1 });
  });
});
