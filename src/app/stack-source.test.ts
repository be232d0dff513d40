import { describe, expect, test } from 'vitest';

import { deployment, service } from '../../test/fakes/inventory.ts';
import { memoryJournal } from '../../test/fakes/memory-journal.ts';
import { node, stack } from '../../test/fakes/observation.ts';
import { Forbidden } from '../adapters/kubernetes/errors.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import type { Stack } from '../domain/stack.ts';
import { StackSource, type StackSourceParts } from './stack-source.ts';

const target = { cluster: 'shop', context: 'k3d-shop', engine: '/run/docker.sock' };

function discovered(name: string, changes: Partial<typeof stack>): StoredEvent {
  const { context } = target;
  const found = { ...stack, ...changes, name };
  return { type: 'stack-discovered', run: 'discovery', context, stack: found, seq: 1, at: 1 };
}

/** Name and namespace of the stack that is known before the API has answered. */
function known(events: readonly StoredEvent[], namespace?: string) {
  const parts = { target, namespace, events, file: undefined } as unknown as StackSourceParts;
  const source = new StackSource(parts);
  return { known: source.known, cluster: source.stack.cluster.name, namespace: source.stack.namespace };
}

const shop = discovered('shop', {});
const staging = discovered('staging', { namespace: 'staging' });
const elsewhere = discovered('old', { cluster: { ...stack.cluster, name: 'old' }, namespace: 'old' });

describe('what is known of the stack while the API is down', () => {
  test('is what was discovered last', () => {
    expect(known([shop])).toEqual({ known: true, cluster: 'shop', namespace: 'shop' });
  });

  test('is of the namespace that is named, whatever an earlier run was about', () => {
    expect(known([shop, staging], 'shop')).toEqual({ known: true, cluster: 'shop', namespace: 'shop' });
    expect(known([staging], 'shop')).toEqual({ known: false, cluster: 'shop', namespace: 'shop' });
  });

  test('is of this cluster, wherever the context led before', () => {
    expect(known([shop, elsewhere])).toEqual({ known: true, cluster: 'shop', namespace: 'shop' });
    expect(known([elsewhere])).toEqual({ known: false, cluster: 'shop', namespace: 'default' });
  });
});

/** One discovery; `nodes`: names in the API, or why they cannot be read. */
const discoverWith = async (
  nodes: readonly string[] | Error,
  objects: Readonly<Record<string, readonly unknown[]>> = {},
) => {
  const journal = memoryJournal();
  const reader = {
    // A Secret that is made and not filled yet.
    secret: () => Promise.resolve(''),
    list: (path: string) => {
      if (path !== '/api/v1/nodes') return Promise.resolve(objects[path.split('/').at(-1) ?? ''] ?? []);
      return nodes instanceof Error
        ? Promise.reject(nodes)
        : Promise.resolve(nodes.map((name) => ({ metadata: { name, uid: name } })));
    },
  };
  const containers = [
    node('k3d-shop-server-0', { role: 'server' }),
    node('k3d-shop-serverlb', { role: 'loadbalancer' }),
  ];
  const provider = {
    place: 'the engine',
    containers: () => Promise.resolve(containers),
    publishedAddress: () => Promise.resolve('127.0.0.1:8080'),
  };
  const found = (now: Stack) => {
    journal.append({ type: 'stack-discovered', run: 'discovery', context: target.context, stack: now }, 1);
  };
  const parts = { target, namespace: 'shop', events: [], reader, provider, discovered: found };
  await new StackSource(parts as unknown as StackSourceParts).refresh(0);
  return JSON.stringify(journal.events());
};

describe('a context that leads to a cluster', () => {
  test('of the same name on another machine is refused before anything of it is looked at', async () => {
    await expect(discoverWith(['server-a', 'server-b'])).rejects.toThrow(
      /leads to another cluster shop .*server-a, server-b.*k3d-shop-server-0/,
    );
  });

  test.each([
    ['that is here', ['k3d-shop-server-0', 'k3d-shop-agent-9']],
    ['without nodes', []],
    ['whose nodes this user may not see', new Forbidden({ what: 'w', cause: 'c', place: 'p', next: 'n' })],
  ])('%s is discovered', async (_name, nodes) => {
    await expect(discoverWith(nodes)).resolves.toBeDefined();
  });
});

test('an API that refuses to name its nodes at first is asked again', async () => {
  let asked = 0;
  const early = new Forbidden({ what: 'w', cause: 'c', place: 'p', next: 'n' });
  const reader = {
    list: (path: string) => {
      if (path !== '/api/v1/nodes') return Promise.resolve([]);
      asked += 1;
      return asked === 1
        ? Promise.reject(early)
        : Promise.resolve([{ metadata: { name: 'server-a', uid: 'a' } }]);
    },
  };
  const containers = [node('k3d-shop-server-0', { role: 'server' })];
  const provider = { place: 'the engine', containers: () => Promise.resolve(containers) };
  const parts = { target, namespace: 'shop', events: [], reader, provider, discovered: () => undefined };
  const source = new StackSource(parts as unknown as StackSourceParts);
  await source.refresh(0);
  await expect(source.refresh(20_000)).rejects.toThrow(/another cluster shop/);
});

test('a Secret that holds no certificate yet keeps nothing from being discovered', async () => {
  const web = deployment('web', { volumes: [{ name: 'tls', secret: { secretName: 'shop-tls' } }] });
  await expect(discoverWith([], { deployments: [web] })).resolves.toContain('Deployment');
});

test('what a declared write proves itself with does not reach the journal', async () => {
  const headers = { Authorization: 'Bearer not-for-anybody', 'X-Probe': 'plain-enough' };
  const probe = JSON.stringify({ path: '/orders/', headers });
  const door = service('web', { ports: [{ port: 80, nodePort: 30080 }] });
  const annotated = {
    ...door,
    metadata: { ...door.metadata, annotations: { 'rekindle.dev/write-probe': probe } },
  };
  const journal = await discoverWith([], { deployments: [deployment('web')], services: [annotated] });
  expect(journal).toContain('plain-enough');
  expect(journal).not.toContain('not-for-anybody');
});
