import { describe, expect, test } from 'vitest';

import { node, stack } from '../../../test/fakes/observation.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ActContext } from '../define-step.ts';
import { dropGoneUpstreams } from './drop-gone-upstreams.ts';

const balancer = node('balancer', { role: 'loadbalancer', state: 'restarting' });
const planned = {
  step: 'drop-gone-upstreams',
  target: { kind: 'Container', name: balancer.name, uid: balancer.id },
  parameters: { names: 'agent-9 agent-0' },
} as unknown as PlannedStep;

const values = 'ports:\n  80.tcp:\n    - server-0\n    - agent-0\n    - agent-9\n';

/** A cluster of these containers whose load balancer has these values. */
function aCluster(containers: readonly NodeContainer[], text = values) {
  const written: string[] = [];
  const state = { containers: [...containers], started: 0 };
  const context = {
    stack,
    clock: { now: () => Date.UTC(2026, 0, 1, 12, 0, 30) },
    provider: {
      containers: () => Promise.resolve(state.containers),
      readFile: (_id: string, { take }: { take: (chunk: Uint8Array) => void }) => {
        take(Buffer.from(text));
        return Promise.resolve(text.length);
      },
      writeFile: (_id: string, file: { folder: string; name: string; bytes: Uint8Array }) =>
        Promise.resolve(
          void written.push(`${file.folder}/${file.name}\n${Buffer.from(file.bytes).toString()}`),
        ),
      restartContainer: () => Promise.resolve(void (state.started += 1)),
    },
    reader: { ready: () => Promise.resolve() },
  } as unknown as ActContext;
  return { context, written, state };
}

describe('a load balancer that leads to a node that is gone', () => {
  test('keeps the old list beside the new one, and is started without the names that no container has', async () => {
    const { context, written, state } = aCluster([
      node('server-0', { role: 'server' }),
      node('agent-0'),
      balancer,
    ]);
    expect(await dropGoneUpstreams.precondition(planned, context)).toBeUndefined();
    await dropGoneUpstreams.run(planned, context);
    expect(written).toEqual([
      `/etc/confd/values.yaml.rekindle-20260101T120030Z\n${values}`,
      '/etc/confd/values.yaml\nports:\n  80.tcp:\n    - server-0\n    - agent-0\n',
    ]);
    expect(state.started).toBe(1);
    expect(await dropGoneUpstreams.probe(planned, context)).toMatchObject({ answer: 'no' });
    state.containers = [{ ...balancer, state: 'running' }];
    expect(await dropGoneUpstreams.probe(planned, context)).toMatchObject({ answer: 'yes' });
  });

  test.each([
    ['it runs by now', [node('server-0'), { ...balancer, state: 'running' as const }], /runs by now/],
    ['it is gone itself', [node('server-0')], /is gone/],
    ['the nodes are there again', [node('agent-9'), node('agent-0'), balancer], /there again/],
  ])('is left alone when %s', async (_name, containers, reason) => {
    const { context, written, state } = aCluster(containers);
    expect(await dropGoneUpstreams.precondition(planned, context)).toMatch(reason);
    await expect(dropGoneUpstreams.run(planned, context)).rejects.toThrow(reason);
    expect([written, state.started]).toEqual([[], 0]);
  });

  test('is not left with a port that leads nowhere', async () => {
    const { context, written } = aCluster([balancer], 'ports:\n  80.tcp:\n    - agent-9\n');
    await expect(dropGoneUpstreams.run(planned, context)).rejects.toThrow('80.tcp would lead nowhere');
    expect(written).toEqual([]);
  });
});
