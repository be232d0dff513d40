import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';

import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../test/fakes/temporary-folder.ts';
import { type Part, runPart } from './run-part.ts';
import { closing, type PartResult, type RunOptions, runParts } from './run-parts.ts';

const passed = { passed: 1, failed: 0, skipped: [] };
const failed = { passed: 0, failed: 1, skipped: [] };

const quiet = () => undefined;
const options = () => ({ cwd: temporaryFolder(), say: quiet });

function part(code: string, change: Partial<Part> = {}): Part {
  return {
    name: 'x',
    command: [process.execPath, '-e', code],
    expectedSeconds: 1,
    limitSeconds: 20,
    ...change,
  };
}

const goodReport = JSON.stringify({
  success: true,
  testResults: [{ name: 'a', status: 'passed', assertionResults: [{ fullName: 'a', status: 'passed' }] }],
});
const writesReport = (file: string) =>
  `require("fs").writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(goodReport)});`;

describe('a part', () => {
  test.each<[string, Part, object]>([
    ['that ends well passes', part(''), passed],
    ['that ends with an exit code fails', part('process.exit(3)'), failed],
    ['that dies by a signal fails', part('process.kill(process.pid, "SIGKILL")'), failed],
    ['that cannot be started fails', part('', { command: ['/no/such/program'] }), failed],
  ])('%s', async (_name, given, count) => {
    expect(await runPart(given, options())).toEqual(count);
  });

  test('that hangs is ended at its limit, with what it started', async () => {
    const child = 'require("child_process").spawnSync("sleep", ["60"])';
    const started = performance.now();
    expect(await runPart(part(child, { limitSeconds: 0.5003 }), options())).toEqual(failed);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test('counts the tests in its report', async () => {
    const report = path.join(temporaryFolder(), 'report.json');
    expect(await runPart(part(writesReport(report), { report }), options())).toEqual(passed);
  });

  test.each<[string, (report: string) => string, object]>([
    [
      'is good but which failed',
      (report) => `${writesReport(report)} process.exit(1)`,
      { ...passed, failed: 1 },
    ],
    ['is missing, also when an earlier run left one,', () => '', failed],
    ['is torn', (report) => `require("fs").writeFileSync(${JSON.stringify(report)}, "{")`, failed],
  ])('whose report %s is a failure', async (_name, code, count) => {
    const report = path.join(temporaryFolder(), 'report.json');
    await runPart(part(writesReport(report), { report }), options());
    expect(await runPart(part(code(report), { report }), options())).toEqual(count);
  });
});

async function resultsOf(
  parts: readonly (Part | readonly Part[])[],
  change: Partial<RunOptions> = {},
): Promise<PartResult[]> {
  const results: PartResult[] = [];
  const folder = temporaryFolder();
  const usual = {
    cwd: folder,
    say: quiet,
    times: folder,
    deadline: performance.now() + 60_000,
    interrupted: new AbortController().signal,
  };
  await runParts(parts, { ...usual, ...change }, results);
  return results;
}

/** Code that leaves its own file and ends when the other's is there. */
const meet = (own: string, other: string) =>
  `const fs = require("fs"); fs.writeFileSync(${JSON.stringify(own)}, ""); ` +
  `setInterval(() => fs.existsSync(${JSON.stringify(other)}) && process.exit(0), 10)`;

describe('the parts', () => {
  test('go on behind one that failed, and each has its time', async () => {
    const results = await resultsOf([part('process.exit(1)', { name: 'a' }), part('', { name: 'b' })]);
    expect(results).toMatchObject([
      { name: 'a', ...failed },
      { name: 'b', ...passed },
    ]);
    for (const { seconds } of results) expect(seconds).toBeGreaterThan(0);
    expect(closing(results).last).toBe('1 passed, 1 failed\n');
  });

  test('of one inner list run at once, and the next one waits for them', async () => {
    const folder = temporaryFolder();
    const [a, b] = [path.join(folder, 'a'), path.join(folder, 'b')];
    const both = `const fs = require("fs"); process.exit(fs.existsSync(${JSON.stringify(b)}) ? 0 : 1)`;
    const results = await resultsOf([[part(meet(a, b)), part(meet(b, a))], part(both)]);
    expect(results).toMatchObject([passed, passed, passed]);
  });

  test('that need one that failed are not started, and have failed', async () => {
    const results = await resultsOf([
      part('process.exit(1)', { name: 'lab' }),
      part('', { name: 'journeys', needs: 'lab' }),
    ]);
    expect(closing(results).last).toBe('0 passed, 2 failed\n');
  });

  test('that find no time left have failed', async () => {
    expect(await resultsOf([part('')], { deadline: performance.now() })).toMatchObject([failed]);
  });

  test('end at an interruption: the one at work and those behind it have failed', async () => {
    const interruption = new AbortController();
    const interrupted = interruption.signal;
    const parts = [part('setInterval(() => {}, 1000)'), part('')];
    const running = resultsOf(parts, { interrupted });
    interruption.abort();
    expect(closing(await running).last).toBe('0 passed, 2 failed\n');
  });

  test('name what was skipped before the last line', () => {
    const skipped = [{ name: 'a.test.ts: b', reason: 'needs root' }];
    expect(closing([{ ...passed, skipped }, failed])).toEqual({
      skipped: 'skipped  a.test.ts: b: needs root\n',
      last: '1 passed, 1 failed\n',
    });
  });
});

test('a test run that is ended still counts, and its exit code says that it failed', async () => {
  // The first part is a program that hangs; none of the others is there.
  const programs = temporaryFolder();
  await writeFile(path.join(programs, 'prettier'), '#!/bin/sh\necho hanging\nexec /bin/sleep 60\n', {
    mode: 0o755,
  });
  const run = spawn(process.execPath, [path.join(import.meta.dirname, 'test.ts'), '--unit'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: programs },
  });
  const ended = once(run, 'exit');
  const said = text(run.stdout);
  await once(run.stderr, 'data');
  run.kill('SIGTERM');
  expect(await said).toBe('0 passed, 7 failed\n');
  expect(await ended).toEqual([1, null]);
});
