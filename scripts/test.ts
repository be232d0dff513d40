// `npm test [-- --unit | --full] [--down]`: format, lint, types, dependency rules, dead code, the results, unit and
// contract tests, then the journeys on the lab. `--unit` stops before the lab, `--full` adds the slow journeys,
// `--down` removes the lab in the end (always done in continuous integration). The last line counts: each check as
// one, each test of vitest as one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { type Count, type Part, runPart } from './run-parts.ts';

const root = path.dirname(import.meta.dirname);

/** Continuous integration ends a run after 90 minutes without a word; end it before, with one. */
const deadlineSeconds = 80 * 60;

/** Kept free for taking the lab down. */
const downSeconds = 120;

const { values: options } = parseArgs({
  options: {
    unit: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    down: { type: 'boolean', default: process.env['CI'] !== undefined },
  },
});

function check(name: string, command: readonly string[], limitSeconds = 180): Part {
  return { name, command, limitSeconds };
}

function vitest(project: string, folder: string, limitSeconds: number): Part {
  const report = path.join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return {
    name: `${project} tests`,
    command: ['vitest', 'run', '--project', project, ...reporters],
    report,
    limitSeconds,
  };
}

function quickParts(folder: string): readonly Part[] {
  return [
    check('format', ['prettier', '--check', '--log-level', 'warn', '.']),
    check('lint', ['oxlint', '--type-aware', '--deny-warnings']),
    check('types', ['npm', 'run', '-s', 'check:types']),
    check('dependency rules', ['npm', 'run', '-s', 'check:deps']),
    check('dead code', ['knip']),
    check('results', ['node', 'bench/results.ts', 'check']),
    vitest('unit', folder, 300),
  ];
}

function labParts(folder: string): readonly Part[] {
  return [
    check('lab', ['node', 'lab/cli.ts', 'up'], deadlineSeconds),
    vitest('journeys', folder, deadlineSeconds),
  ];
}

/** Runs parts in order; one that finds no time left fails without being started. */
async function runAll(parts: readonly Part[], deadline: number): Promise<Count> {
  let passed = 0;
  let failed = 0;
  for (const part of parts) {
    const start = performance.now();
    const left = (deadline - start) / 1000;
    const limitSeconds = Math.min(part.limitSeconds, left);
    if (left <= 0)
      process.stderr.write(`${part.name}: not started, ${deadlineSeconds / 60} minutes are over\n`);
    const count = left <= 0 ? { passed: 0, failed: 1 } : await runPart({ ...part, limitSeconds }, root);
    passed += count.passed;
    failed += count.failed;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stderr.write(`${count.failed === 0 ? 'passed' : 'FAILED'}  ${part.name}  ${seconds} s\n`);
  }
  return { passed, failed };
}

async function main(): Promise<number> {
  const start = performance.now();
  const deadline = start + deadlineSeconds * 1000;
  process.env['REKINDLE_SLOW_JOURNEYS'] = options.full ? '1' : '';
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-test-'));
  const counts: Count[] = [];
  try {
    counts.push(await runAll(quickParts(folder), deadline));
    if (!options.unit) {
      counts.push(await runAll(labParts(folder), deadline - downSeconds * 1000));
      if (options.down)
        counts.push(await runAll([check('lab down', ['node', 'lab/cli.ts', 'down'])], deadline));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const total = (key: keyof Count) => counts.reduce((sum, count) => sum + count[key], 0);
  process.stderr.write(`all parts  ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`);
  return total('failed') === 0 ? 0 : 1;
}

process.exitCode = await main();
