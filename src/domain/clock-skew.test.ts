import { describe, expect, test } from 'vitest';

import { node, now } from '../../test/fakes/observation.ts';
import { runningFor } from './clock-skew.ts';
import { kubeletReports } from './kubelet-reports.ts';

const hour = 3_600_000;

describe('a clock that was set back', () => {
  test.each([
    ['started a minute ago', now - 60_000, 60_000],
    ['started this moment by a clock that is a little ahead', now + 1000, 0],
    ['started before the clock was set back by an hour', now + hour - 60_000, Number.POSITIVE_INFINITY],
  ])('does not make young what %s', (_name, startedAt, expected) => {
    expect(runningFor(startedAt, now)).toBe(expected);
  });

  test.each([
    ['reported just now', now - hour, now - 5000, true],
    ['has not reported for half a minute', now - hour, now - 30_000, false],
    ['has not reported since its start', now - 3000, now - 5000, false],
    ['reported last before the clock was set back', now - hour, now + hour, false],
    ['started before the clock was set back and reports', now + hour, now - 5000, true],
  ])('a kubelet that %s', (_name, startedAt, leaseRenewedAt, expected) => {
    const facts = { name: 'agent-0', ready: true, unschedulable: false, leaseRenewedAt };
    expect(kubeletReports(node('agent-0', { startedAt }), facts, now)).toBe(expected);
    expect(kubeletReports(node('agent-0'), undefined, now)).toBe(false);
  });
});
