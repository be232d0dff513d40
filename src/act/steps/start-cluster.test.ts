import { describe, expect, test } from 'vitest';

import { node, now, stack } from '../../../test/fakes/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ActContext } from '../define-step.ts';
import { startCluster } from './start-cluster.ts';

const planned = { step: 'start-cluster', target: { kind: 'Cluster', name: 'shop' } } as PlannedStep;

/** A cluster whose API answers after `upAfterMs` and a k3d that ends after `k3dMs` or when it is told to. */
function aCluster({ upAfterMs, k3dMs }: { upAfterMs: number; k3dMs: number }) {
  let time = 0;
  let k3d: 'runs' | 'ended' | 'was ended' = 'runs';
  const waiting: (() => void)[] = [];
  const sleep = (ms: number) => {
    time += ms;
    for (const wake of waiting.splice(0)) wake();
    return Promise.resolve();
  };
  const provider = {
    containers: () => Promise.resolve([node('server-0', { role: 'server' })]),
    startCluster: async (_name: string, signal: AbortSignal) => {
      const isOver = () => time >= k3dMs || signal.aborted;
      while (!isOver()) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          signal.addEventListener('abort', () => resolve());
        });
      }
      k3d = signal.aborted ? 'was ended' : 'ended';
      if (signal.aborted) throw signal.reason;
    },
  };
  const reader = {
    ready: () => (time < upAfterMs ? Promise.reject(new Error('refused')) : Promise.resolve()),
  };
  const clock = { now: () => now + time, monotonic: () => time, sleep };
  const context = { stack, provider, reader, clock, signal: new AbortController().signal };
  return {
    context: context as unknown as ActContext,
    k3d: () => k3d,
    seconds: () => time / 1000,
  };
}

describe('starting a cluster', () => {
  test('is k3d alone when it comes to an end', async () => {
    const cluster = aCluster({ upAfterMs: 10_000, k3dMs: 20_000 });
    expect(await startCluster.run(planned, cluster.context)).toBe('k3d cluster start shop');
    expect(cluster.k3d()).toBe('ended');
  });

  test('does not wait for a k3d that does not see that the cluster is up', async () => {
    const cluster = aCluster({ upAfterMs: 10_000, k3dMs: 180_000 });
    expect(await startCluster.run(planned, cluster.context)).toContain('did not notice');
    expect(cluster.k3d()).toBe('was ended');
    expect(cluster.seconds()).toBeLessThan(30);
  });

  test('tells what k3d says when it fails', async () => {
    const cluster = aCluster({ upAfterMs: 1_000_000, k3dMs: 0 });
    const context = {
      ...cluster.context,
      provider: {
        ...cluster.context.provider,
        startCluster: () => Promise.reject(new Error('no such cluster')),
      },
    };
    await expect(startCluster.run(planned, context)).rejects.toThrow('no such cluster');
  });
});
