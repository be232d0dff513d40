import { describe, expect, test } from 'vitest';

import { countReport } from './test-report.ts';

const passed = { fullName: 'a', status: 'passed' };
const failed = { fullName: 'b', status: 'failed' };
const file = (status: string, ...assertionResults: object[]) => ({
  name: '/x/y.test.ts',
  status,
  assertionResults,
});
const count = (success: boolean, ...testResults: object[]) =>
  countReport(JSON.stringify({ success, testResults }));

describe('the count of a report', () => {
  test.each<[string, boolean, object[], { passed: number; failed: number }]>([
    ['all passed', true, [file('passed', passed, passed)], { passed: 2, failed: 0 }],
    ['one failed', false, [file('failed', passed, failed)], { passed: 1, failed: 1 }],
    ['a file did not load', false, [file('passed', passed), file('failed')], { passed: 1, failed: 1 }],
    [
      'a file did not load beside a failed test',
      false,
      [file('failed', failed), file('failed')],
      { passed: 0, failed: 2 },
    ],
    ['an error outside of every file', false, [file('passed', passed)], { passed: 1, failed: 1 }],
    ['no test ran', true, [], { passed: 0, failed: 1 }],
    [
      'a worker died within a test',
      false,
      [file('failed', passed, { fullName: 'c', status: 'pending' })],
      { passed: 1, failed: 1 },
    ],
  ])('%s', (_name, success, files, expected) => {
    expect(count(success, ...files)).toEqual({ ...expected, skipped: [] });
  });

  test('names what was skipped, and why', () => {
    const skipped = { fullName: 'as root', status: 'skipped', meta: { skipReason: 'needs root' } };
    const silent = { fullName: 'silent', status: 'skipped', meta: {} };
    const todo = { fullName: 'later', status: 'todo' };
    expect(count(true, file('passed', passed, skipped, silent, todo))).toEqual({
      passed: 1,
      failed: 0,
      skipped: [
        { name: 'y.test.ts: as root', reason: 'needs root' },
        { name: 'y.test.ts: silent', reason: 'no reason given' },
        { name: 'y.test.ts: later', reason: 'not written yet' },
      ],
    });
  });

  test('counts a file whose preparation failed once, and names the tests that it kept from running', () => {
    const kept = { fullName: 'kept', status: 'skipped', meta: {} };
    expect(count(false, file('failed', kept))).toEqual({
      passed: 0,
      failed: 1,
      skipped: [{ name: 'y.test.ts: kept', reason: 'something else in its file failed' }],
    });
  });

  test('a text that is no report is an error', () => {
    expect(() => countReport('{"numPassedTests": 7}')).toThrow('testResults');
    expect(() => countReport('{"success": tr')).toThrow('JSON');
  });
});
