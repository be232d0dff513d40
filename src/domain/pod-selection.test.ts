import { describe, expect, test } from 'vitest';

import { boot, container, node, pod } from '../../test/fakes/observation.ts';
import type { ContainerFacts } from './observation.ts';
import { hasLabels, isFresh } from './pod-selection.ts';

const nodes = [node('server-0', { role: 'server' })];
const before = boot - 60_000;

/** Whether a pod with this one container counts as started since the boot. */
function fresh(changes: Partial<ContainerFacts>): boolean {
  return isFresh(pod('web-1', { containers: [container(changes)] }), nodes);
}

/** `started` and `finished` are seconds after the boot. */
function exit(started: number, finished: number, changes: Partial<ContainerFacts['lastExit']> = {}) {
  const times = { startedAt: boot + started * 1000, finishedAt: boot + finished * 1000 };
  return { exitCode: 1, reason: 'Error', ...times, ...changes };
}

describe('what was started since the boot', () => {
  test('runs since then, or has crashed since then', () => {
    expect(fresh({ startedAt: boot + 5000 })).toBe(true);
    expect(fresh({ startedAt: before })).toBe(false);
    expect(fresh({ state: 'waiting', lastExit: exit(5, 6) })).toBe(true);
    expect(fresh({ state: 'waiting', lastExit: exit(-60, -50) })).toBe(false);
    expect(isFresh(pod('web-1', { containers: [] }), nodes)).toBe(false);
  });

  test('a container that ended with the power was not, although its end was noticed after the boot', () => {
    const unknown = { reason: 'Unknown', exitCode: 255 };
    expect(fresh({ state: 'terminated', lastExit: exit(-60, 1, unknown) })).toBe(false);
    expect(fresh({ state: 'terminated', lastExit: exit(3, 4, unknown) })).toBe(true);
    expect(fresh({ state: 'terminated', lastExit: exit(-60, 1, { reason: 'Error', exitCode: 255 }) })).toBe(
      true,
    );
  });

  test('nothing is on a node that does not run; nothing is known of a node that is none of ours', () => {
    expect(isFresh(pod('web-1'), [node('server-0', { state: 'exited' })])).toBe(false);
    expect(isFresh(pod('web-1', { node: 'elsewhere' }), nodes)).toBe(true);
    expect(isFresh(pod('web-1'), undefined)).toBe(true);
  });
});

test('an empty selector selects nothing', () => {
  expect(hasLabels(pod('web-1', { labels: { app: 'web' } }), {})).toBe(false);
  expect(hasLabels(pod('web-1', { labels: { app: 'web' } }), { app: 'web' })).toBe(true);
});
