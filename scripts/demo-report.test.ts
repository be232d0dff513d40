import { describe, expect, test } from 'vitest';

import type { Recovery } from '../bench/rig/recovery.ts';
import { demoReport, isGood, reportOf, reportText } from './demo-report.ts';

const recovery: Recovery = {
  seconds: 18.42,
  clock: 'engine-start',
  injection: { cut: 'power-loss', engineStartedAt: 1, facts: {} },
  proof: { proven: true, evidence: 'x' },
  ledger: {
    acknowledged: 600,
    unknown: 3,
    refused: 1,
    lost: [],
    duplicated: [],
    appearedUnacknowledged: ['a'],
    refusedButThere: [],
  },
  failuresAfter: 0,
  up: {
    exitCode: 0,
    stdout: '',
    stderr: '',
    report: {
      schema: 'rekindle.dev/v1alpha1/up',
      verdict: { state: 'healthy', proven: 'verified', sentence: 'Two writes came back.' },
      seconds: 20,
      actions: [
        {
          step: 'nudge-pooler',
          target: { kind: 'Pod', namespace: 'n', name: 'p' },
          acted: 'done',
          verified: 'yes',
        },
      ],
      refusals: [],
      tasks: [],
      findings: [],
    },
  },
  followed: [],
  gone: undefined,
  raw: '',
};

describe('the report of the demo', () => {
  test('fits its schema and names what was done', () => {
    const report = demoReport.parse(reportOf(recovery, 'source'));
    expect(report.actions).toEqual([
      { step: 'nudge-pooler', target: 'Pod n/p', acted: 'done', verified: 'yes' },
    ]);
    expect(reportText(report)).toContain('Recovered in 18.4 s');
    expect(reportText(report)).toContain('600 acknowledged, 0 lost');
    expect(isGood(report)).toBe(true);
  });

  test.each<[string, Partial<Recovery>]>([
    ['without recovery', { seconds: undefined }],
    ['with a lost order', { ledger: { ...recovery.ledger, lost: [{ ref: 'a', id: 1 }] } }],
    ['with a doubled order', { ledger: { ...recovery.ledger, duplicated: ['a'] } }],
    ['without a verdict of rekindle', { up: undefined }],
  ])('is not good %s', (_name, change) => {
    expect(isGood(reportOf({ ...recovery, ...change }, 'source'))).toBe(false);
  });
});
