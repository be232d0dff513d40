import { describe, expect, test } from 'vitest';

import { hardenInventory, judged, nothingMeasured } from '../../../test/fakes/harden-inventory.ts';
import { node, now } from '../../../test/fakes/observation.ts';
import { couldNotLook, saw } from '../../domain/looked.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import { budgetOf } from '../budget.ts';
import type { DnsSetup } from '../inventory.ts';
import { hostZone } from './host-name.ts';

const engine = async (containers: readonly NodeContainer[]) =>
  hardenInventory([], { containers: saw(containers, 'engine', now) });

describe('restart policies', () => {
  test('of nodes and load balancer that would stay down', async () => {
    const found = judged(
      'restart-policy',
      await engine([
        node('server-0', { role: 'server' }),
        node('agent-0', { restartPolicy: 'on-failure:3' }),
        node('serverlb', { role: 'loadbalancer', restartPolicy: 'no' }),
        node('agent-1', { restartPolicy: 'always' }),
        node('registry', { role: 'other', restartPolicy: 'no' }),
      ]),
    );
    expect(found).toMatchObject([
      {
        id: 'restart-policy/container/agent-0',
        change: { policy: 'unless-stopped', before: 'on-failure:3' },
      },
      {
        id: 'restart-policy/container/serverlb',
        object: { uid: 'id-of-serverlb' },
        change: { before: 'no' },
      },
    ]);
  });

  test('are not judged when the engine could not be asked', async () => {
    const inventory = await hardenInventory([], { containers: couldNotLook('silent', 'engine', now) });
    expect(judged('restart-policy', inventory)).toEqual([]);
    expect(judged('node-addresses', inventory)).toEqual([]);
  });
});

describe('addresses of nodes', () => {
  test.each([
    [1, /copes with that/],
    [3, /etcd keeps its members by address/],
  ])('%i server(s) without an address of their own', async (count, words) => {
    const servers = Array.from({ length: count }, (_, index) => node(`server-${index}`, { role: 'server' }));
    const [measure] = judged('node-addresses', await engine([...servers, node('agent-0')]));
    expect(measure?.why).toMatch(words);
    expect(measure?.change).toMatchObject({ by: 'nothing', reason: expect.stringContaining('--subnet') });
  });

  test('nothing is said about servers that keep theirs', async () => {
    expect(
      judged('node-addresses', await engine([node('s', { role: 'server', hasStaticAddress: true })])),
    ).toEqual([]);
  });
});

const budget = (spec: object, expectedPods: number, labels = {}) =>
  budgetOf({
    metadata: { name: 'web', namespace: 'jewelry-shop', uid: 'u', labels },
    spec,
    status: { expectedPods, disruptionsAllowed: 0 },
  });

const found = async (...budgets: readonly ReturnType<typeof budget>[]) =>
  judged(
    'disruption-budget',
    await hardenInventory([], { budgets: saw(budgets, 'PodDisruptionBudgets', now) }),
  );

describe('disruption budgets', () => {
  test.each([
    [{ minAvailable: 1 }, 1, { minAvailable: null, maxUnavailable: 1 }],
    [{ minAvailable: 3 }, 3, { minAvailable: null, maxUnavailable: 1 }],
    [{ minAvailable: '100%' }, 4, { minAvailable: null, maxUnavailable: 1 }],
    [{ minAvailable: '51%' }, 1, { minAvailable: null, maxUnavailable: 1 }],
    [{ maxUnavailable: 0 }, 2, { maxUnavailable: 1 }],
    [{ maxUnavailable: '0%' }, 2, { maxUnavailable: 1 }],
  ])('%j of %i pods blocks every drain', async (spec, pods, patch) => {
    expect((await found(budget(spec, pods)))[0]?.change).toEqual({
      by: 'patch',
      patch: { spec: patch },
      restarts: 0,
    });
  });

  test.each([
    [{ minAvailable: 1 }, 2],
    [{ minAvailable: '50%' }, 2],
    [{ maxUnavailable: 1 }, 1],
    [{ maxUnavailable: '10%' }, 3],
    [{ minAvailable: 5 }, 0],
    [{}, 2],
  ])('%j of %i pods lets one go, or guards nothing', async (spec, pods) => {
    expect(await found(budget(spec, pods))).toEqual([]);
  });

  test('that of the operator is there on purpose', async () => {
    const own = budget({ minAvailable: 1 }, 1, { application: 'spilo', 'cluster-name': 'db' });
    expect((await found(own))[0]?.change).toMatchObject({
      by: 'nothing',
      reason: expect.stringContaining('on purpose'),
    });
  });
});

describe('the host’s name', () => {
  const setup: DnsSetup = {
    readsCustomServers: true,
    listHoldsHost: false,
    hostAddress: '172.18.0.1',
    addressFrom: 'gateway',
  };
  const host = async (changes: Partial<DnsSetup>) => {
    const inventory = await hardenInventory([], { dns: saw({ ...setup, ...changes }, 'DNS', now) });
    return judged('host-name', inventory, nothingMeasured)[0]?.change;
  };

  test('becomes a zone of its own', async () => {
    expect(await host({})).toEqual({
      by: 'patch',
      patch: { data: { 'rekindle-host.server': hostZone('172.18.0.1') } },
      restarts: 0,
    });
  });

  test.each([
    ['the DNS reads no such ConfigMap', { readsCustomServers: false }, /would not help/],
    [
      'somebody has done it already',
      { custom: { 'host.server': 'host.k3d.internal:53 {}' } },
      /host\.server of coredns-custom names/,
    ],
  ])('nothing is proposed where %s', async (_why, changes, reason) => {
    expect(await host(changes)).toMatchObject({ by: 'nothing', reason: expect.stringMatching(reason) });
  });

  test('nothing is proposed without an address', async () => {
    const { hostAddress: _address, ...unknown } = setup;
    const inventory = await hardenInventory([], { dns: saw(unknown, 'DNS', now) });
    expect(judged('host-name', inventory)[0]?.change).toMatchObject({ by: 'nothing' });
    expect(judged('host-name', await hardenInventory([]))).toEqual([]);
  });
});

test('the pooler profile is pointed to unless it is quick', async () => {
  const inventory = await hardenInventory();
  const named = (name: string) =>
    judged('pooler-profile', {
      ...inventory,
      stack: { ...inventory.stack, poolerProfile: { name, settings: {} } },
    });
  expect(named('patience')[0]?.change).toEqual({ by: 'hand', todo: 'rekindle pooler profile set quick' });
  expect(named('quick')).toEqual([]);
});
