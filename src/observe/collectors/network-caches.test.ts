import { expect, test } from 'vitest';

import { boot, container, node, now, pod } from '../../../test/fakes/observation.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { ObserveContext } from '../context.ts';
import { collectNetworkCaches } from './network-caches.ts';

const before = container({
  state: 'terminated',
  lastExit: { exitCode: 0, startedAt: boot - 90_000, finishedAt: boot - 60_000 },
});

/** Nodes whose caches are looked at. */
async function lookedAt(changes: Partial<PodFacts>): Promise<readonly string[]> {
  const clock = { now: () => now, monotonic: () => 0, sleep: () => new Promise<void>(() => undefined) };
  const context = {
    clock,
    kept: { ask: (_key: string, _ms: number, ask: () => unknown) => ask() },
    provider: { readFolder: () => Promise.resolve(undefined) },
  } as unknown as ObserveContext;
  const pods = [pod('report-29', { node: 'server-0', containers: [before], ...changes })];
  const dns = { servers: [{ pod: 'coredns-1', answers: true }] };
  const found = await collectNetworkCaches(context, [node('server-0', { role: 'server' })], pods, dns);
  return found.map((entry) => entry.node);
}

test('a node is looked into when a pod does not come back, and not for one of a Job that ended before the boot', async () => {
  expect(await lookedAt({})).toEqual(['server-0']);
  expect(await lookedAt({ phase: 'Succeeded' })).toEqual([]);
});
