// `npm test`: format, lint, types, dependency rules, dead code, unit and contract tests, then the journeys on the
// lab. `--unit` stops before the journeys. The last line counts: each check as one, each test of vitest as one.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { countReport, runPart, type Part } from './run-parts.ts';

const root = path.dirname(import.meta.dirname);

function check(name: string, command: readonly string[]): Part {
  return { name, command, limitSeconds: 180 };
}

function vitest(project: string, folder: string, limitSeconds: number): Part {
  const report = path.join(folder, `${project}.json`);
  return {
    name: `${project} tests`,
    command: [
      'vitest',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    report,
    limitSeconds,
  };
}

function parts(folder: string, unitOnly: boolean): readonly Part[] {
  const quick = [
    check('format', ['prettier', '--check', '--log-level', 'warn', '.']),
    check('lint', ['oxlint', '--type-aware', '--deny-warnings']),
    check('types', ['npm', 'run', '-s', 'check:types']),
    check('dependency rules', ['npm', 'run', '-s', 'check:deps']),
    check('dead code', ['knip']),
    vitest('unit', folder, 300),
  ];
  return unitOnly ? quick : [...quick, vitest('journeys', folder, 4200)];
}

async function main(): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-test-'));
  let passed = 0;
  let failed = 0;
  try {
    for (const part of parts(folder, process.argv.includes('--unit'))) {
      const start = performance.now();
      const ok = await runPart(part, root);
      const count =
        ok && part.report !== undefined ? countReport(await readFile(part.report, 'utf8')) : undefined;
      passed += count?.passed ?? (ok ? 1 : 0);
      failed += count?.failed ?? (ok ? 0 : 1);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      process.stderr.write(`${ok ? 'passed' : 'FAILED'}  ${part.name}  ${seconds} s\n`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
