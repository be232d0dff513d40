import { describe, expect, test } from 'vitest';

import { node, now, stack } from '../../../test/fakes/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ActContext } from '../define-step.ts';
import { restoreHostNames } from './restore-host-names.ts';

const planned = {
  step: 'restore-host-names',
  target: { kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' },
  parameters: {},
} as unknown as PlannedStep;

/** A cluster whose DNS has this list (undefined: none at all) and whose nodes know the host by this address. */
function aCluster(list: string | undefined, gateway: string | null = '172.18.0.1') {
  const ran: string[] = [];
  const sent: unknown[] = [];
  const state = { list };
  const known = gateway === null ? {} : { gateway };
  const context = {
    stack,
    clock: { now: () => now },
    provider: {
      containers: () =>
        Promise.resolve([
          node('server-0', { role: 'server', ...known }),
          node('agent-0', { state: 'exited', ...known }),
          node('balancer', { role: 'loadbalancer', ...known }),
        ]),
      runOnNode: (id: string, argv: readonly string[]) =>
        Promise.resolve(void ran.push(`${id}: ${argv.at(-1)}`)),
    },
    reader: {
      get: () =>
        Promise.resolve(
          state.list === undefined
            ? undefined
            : {
                metadata: { name: 'coredns', uid: 'u', resourceVersion: '41' },
                data: { NodeHosts: state.list },
              },
        ),
    },
    writer: {
      setConfigMapKey: (target: { value: string }) => {
        sent.push(target);
        state.list = target.value;
        return Promise.resolve();
      },
    },
  } as unknown as ActContext;
  return { context, ran, sent };
}

describe("the host's name", () => {
  test('is added to the list and told to the nodes that run', async () => {
    const { context, ran, sent } = aCluster('172.18.0.3 server-0\n');
    expect(await restoreHostNames.precondition(planned, context)).toBeUndefined();
    expect(await restoreHostNames.probe(planned, context)).toMatchObject({ answer: 'no' });
    await restoreHostNames.run(planned, context);
    expect(sent).toEqual([
      {
        namespace: 'kube-system',
        name: 'coredns',
        key: 'NodeHosts',
        value: '172.18.0.3 server-0\n172.18.0.1 host.k3d.internal\n',
        version: '41',
      },
    ]);
    expect(ran).toEqual([expect.stringMatching(/^id-of-server-0: .*172\.18\.0\.1 host\.k3d\.internal/)]);
    expect(await restoreHostNames.probe(planned, context)).toMatchObject({ answer: 'yes' });
    expect(await restoreHostNames.precondition(planned, context)).toMatch(/there by now/);
  });

  test.each([
    ['a DNS without such a list', undefined, '172.18.0.1'],
    ['an address that is none', '', '$(reboot)'],
    ['no address', '', null],
  ])('is not written: %s', async (_name, list, gateway) => {
    const { context, ran, sent } = aCluster(list, gateway);
    await expect(restoreHostNames.run(planned, context)).rejects.toThrow(/not known|nothing was touched/);
    expect([ran, sent]).toEqual([[], []]);
  });
});
