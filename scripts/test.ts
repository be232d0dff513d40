// `npm test [-- --unit | --full] [--backend docker|source] [--down] [--results FOLDER]`: format, lint, types,
// dependency rules, dead code, the results, unit, contract and program tests, then the journeys on the lab. `--unit`
// stops after the unit tests, `--full` adds the slow journeys and the tests of infrastructure programs, `--backend` chooses the lab's, `--down` removes the lab
// in the end (always done in continuous integration), `--results` keeps the raw results there. The last line counts:
// each check as one, each test of vitest as one. It is printed whatever happens; the exit code is 0 only for "0 failed".
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { labIdentity } from '../lab/identity.ts';
import { oneFailed, type Part } from './run-part.ts';
import { closing, type PartResult, runParts } from './run-parts.ts';

const root = path.dirname(import.meta.dirname);

/** Continuous integration ends a run after 90 minutes without a word; end it before, with one. */
const deadlineSeconds = 80 * 60;

/** Kept free for taking the lab down. */
const downSeconds = 120;

const { values: options } = parseArgs({
  options: {
    unit: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    backend: { type: 'string' },
    down: { type: 'boolean', default: process.env['CI'] !== undefined },
    results: { type: 'string' },
  },
});

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function check(name: string, command: readonly string[], expectedSeconds: number): Part {
  return { name, command, expectedSeconds, limitSeconds: 180 };
}

function vitest(
  project: string,
  folder: string,
  times: Pick<Part, 'expectedSeconds' | 'limitSeconds' | 'needs'>,
): Part {
  const report = path.join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const command = ['vitest', 'run', '--project', project, ...reporters];
  return { name: `${project} tests`, command, report, ...times };
}

/** The checks run one thread each, side by side: in order they would take half of the half minute that this may take. */
function quickParts(folder: string): readonly (Part | readonly Part[])[] {
  const checks = [
    check('format', ['prettier', '--check', '--log-level', 'warn', '.'], 3),
    check('lint', ['oxlint', '--type-aware', '--deny-warnings'], 5),
    check('types', ['npm', 'run', '-s', 'check:types'], 2),
    check('dependency rules', ['npm', 'run', '-s', 'check:deps'], 2),
    check('dead code', ['knip'], 2),
    check('results', ['node', 'bench/results.ts', 'check'], 1),
  ];
  return [checks, vitest('unit', folder, { expectedSeconds: 15, limitSeconds: 300 })];
}

/** What takes longer than half a minute: the real program started many times, and everything on the lab. */
function slowParts(folder: string): readonly Part[] {
  const limitSeconds = deadlineSeconds;
  // First of all what is built once and kept: the tests use the lab's Kubernetes, PostgreSQL and systemd without the lab.
  const cached = existsSync(labIdentity(root).cacheDir);
  const building = [
    {
      name: 'lab parts',
      command: ['node', 'lab/cli.ts', 'build'],
      expectedSeconds: cached ? 10 : 900,
      limitSeconds,
    },
    {
      name: 'programs of others',
      command: ['node', 'test/program/build-programs.ts'],
      expectedSeconds: cached ? 5 : 250,
      limitSeconds: 1500,
    },
  ];
  return [
    ...building,
    vitest('contract', folder, { expectedSeconds: 180, limitSeconds: 900 }),
    vitest('program', folder, { expectedSeconds: 300, limitSeconds: 900 }),
    { name: 'lab up', command: ['node', 'lab/cli.ts', 'up'], expectedSeconds: 120, limitSeconds },
    vitest('journeys', folder, { expectedSeconds: 2400, limitSeconds, needs: 'lab up' }),
  ];
}

/**
 * What `rekindle migrate` writes, with the clouds' own packages: 418 MB that only this part needs, about half a minute from the
 * registry.
 */
function infraParts(folder: string): readonly Part[] {
  const install = ['npm', 'ci', '--prefix', 'infra', '--ignore-scripts', '--no-audit', '--no-fund'];
  const name = 'packages of infra';
  return [
    { name, command: install, expectedSeconds: 30, limitSeconds: 600 },
    vitest('infra', folder, { expectedSeconds: 90, limitSeconds: 600, needs: name }),
  ];
}

/** How each part went so far; more than one function adds to it, and the end of this process counts it. */
const results: PartResult[] = [];

/** The lab goes also after an interruption: that ends the tests, not the tidying up. */
async function runEverything(folder: string, interrupted: AbortSignal): Promise<void> {
  const deadline = performance.now() + deadlineSeconds * 1000;
  const times = path.join(root, 'node_modules', '.cache', 'rekindle-times');
  const common = { cwd: root, times, interrupted, say };
  await runParts(quickParts(folder), { ...common, deadline }, results);
  if (options.unit) {
    const skipped = [{ name: 'contract, program, lab and journeys', reason: '--unit was given' }];
    results.push({ name: 'contract, program, lab and journeys', seconds: 0, passed: 0, failed: 0, skipped });
    return;
  }
  const slow = [...(options.full ? infraParts(folder) : []), ...slowParts(folder)];
  await runParts(slow, { ...common, deadline: deadline - downSeconds * 1000 }, results);
  if (!options.down) return;
  const down = check('lab down', ['node', 'lab/cli.ts', 'down'], 10);
  await runParts([down], { ...common, deadline, interrupted: new AbortController().signal }, results);
}

async function main(): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort());
  const kept = options.results === undefined ? undefined : path.resolve(options.results);
  const folder = kept ?? (await mkdtemp(path.join(tmpdir(), 'rekindle-test-')));
  try {
    await mkdir(folder, { recursive: true });
    await runEverything(folder, interruption.signal);
    if (kept !== undefined)
      await writeFile(path.join(kept, 'parts.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  } finally {
    if (kept === undefined) await rm(folder, { recursive: true, force: true });
  }
}

let finished = false;
process.on('exit', () => {
  if (!finished) results.push({ name: 'test run', seconds: 0, ...oneFailed });
  const { skipped, last } = closing(results);
  process.stderr.write(`${skipped}all parts  ${(performance.now() / 1000).toFixed(1)} s\n`);
  process.stdout.write(last);
  process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
});

process.env['REKINDLE_SLOW_JOURNEYS'] = options.full ? '1' : '';
if (options.backend !== undefined) process.env['REKINDLE_LAB_BACKEND'] = options.backend;
await main();
finished = true;
