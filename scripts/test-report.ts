import path from 'node:path';

import { z } from 'zod';

/** A test, or a whole part, that did not run, and why. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly Skipped[];
}

/** What is read of vitest's JSON report; `skipReason` comes from test/fakes/skip-when.ts. */
const vitestReport = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.enum(['passed', 'failed', 'pending', 'skipped', 'todo']),
          meta: z.object({ skipReason: z.string().optional() }).optional(),
        }),
      ),
    }),
  ),
});

type FileResult = z.infer<typeof vitestReport>['testResults'][number];

function countFile(file: FileResult): Count {
  const tests = file.assertionResults;
  const passed = tests.filter(({ status }) => status === 'passed').length;
  // `pending`: begun and never ended, because its worker died.
  const ended = tests.filter(({ status }) => status === 'failed' || status === 'pending').length;
  const fileFailed = file.status === 'failed';
  // A file that does not load, or whose preparation fails, has no failed test to show for it.
  const failed = fileFailed && ended === 0 ? 1 : ended;
  const otherwise = fileFailed ? 'something else in its file failed' : 'no reason given';
  const skipped = tests
    .filter(({ status }) => status === 'skipped' || status === 'todo')
    .map(({ fullName, status, meta }) => ({
      name: `${path.basename(file.name)}: ${fullName}`,
      reason: meta?.skipReason ?? (status === 'todo' ? 'not written yet' : otherwise),
    }));
  return { passed, failed, skipped };
}

export function addCounts(counts: readonly Count[]): Count {
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    skipped: counts.flatMap(({ skipped }) => skipped),
  };
}

/**
 * Counts the tests in vitest's JSON report. Whatever failed without a failed test to show for it counts as one
 * failure, and so does a run without any test. Throws for a text that is no such report.
 */
export function countReport(text: string): Count {
  const report = vitestReport.parse(JSON.parse(text));
  const count = addCounts(report.testResults.map(countFile));
  const nothingRan = count.passed + count.failed + count.skipped.length === 0;
  const unseen = count.failed === 0 && (!report.success || nothingRan) ? 1 : 0;
  return { ...count, failed: count.failed + unseen };
}
