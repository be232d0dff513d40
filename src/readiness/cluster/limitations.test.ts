import { expect, it } from 'vitest';

import { couldNotLook, saw, seen } from '../../domain/looked.ts';
import { clusterFacts, worldWith } from '../../../test/fakes/readiness.ts';
import { claim, node, now, object, type Written } from '../../../test/fakes/readiness-objects.ts';
import { dataPlaces } from './data-place.ts';
import type { ClusterFacts } from './facts.ts';
import { limitations } from './limitations.ts';

const nodes = [node('server-0'), node('agent-0')];

const member = (container: string) => ({ container, kind: 'etcd' as const, path: '/db/etcd', bytes: 1 });
const nothing = <T>() => couldNotLook<T>('no engine answers', 'engine', now);

function judged(objects: readonly Written[] = nodes, facts: ClusterFacts = clusterFacts()) {
  const world = worldWith(objects);
  const found = limitations({ world, facts, places: dataPlaces(world, facts) });
  return Object.fromEntries(found.map((entry) => [entry.id, entry]));
}

it('shows from the container engine that all nodes are one machine', () => {
  const { 'one-machine': found } = judged();
  expect(found?.state).toBe('holds');
  expect(found?.found).toContain('2 nodes are containers of one engine on till-3');
  expect(found?.evidence.map(({ field }) => field)).toContain('status.nodeInfo.bootID');
});

it('believes the engine where a node still reports the boot before this one', () => {
  const stale = node('agent-0', { nodeInfo: { bootID: 'boot-0' } });
  expect(judged([node('server-0'), stale])['one-machine']).toMatchObject({ state: 'holds' });
});

it('does not claim it of nodes that are no containers of this engine', () => {
  const { 'one-machine': found } = judged([
    ...nodes,
    { ...node('elsewhere', { nodeInfo: { bootID: 'boot-2' } }), metadata: { name: 'pi-1' } },
  ]);
  expect(found).toMatchObject({ state: 'does-not-hold' });
  expect(found?.found).toContain('1 of 3 nodes are no containers of the engine');
  expect(found?.cost).toBeUndefined();
});

it('does not say that nothing keeps data when claims could not be listed', () => {
  const world = worldWith([]);
  const view = { world, facts: clusterFacts(), places: [], unlisted: 'pods: forbidden' };
  expect(limitations(view).find(({ id }) => id === 'data')).toMatchObject({ state: 'unknown' });
});

it('says where the bytes are and how many go with the cluster', () => {
  const objects = [
    ...nodes,
    ...claim('a', 'agent-0', '/var/lib/rancher/k3s/storage/a'),
    ...claim('b', 'server-0', '/var/lib/rancher/k3s/storage/b'),
  ];
  const folders = [
    { node: 'k3d-shop-agent-0', path: '/var/lib/rancher/k3s/storage/a', bytes: saw(2 ** 20, 'du', now) },
  ];
  const { data } = judged(objects, clusterFacts({ folders }));
  expect(data?.found).toContain('2 places with at least 1.0 MiB, 1 of them not measured');
  expect(data?.found).toContain('1 of them go with `k3d cluster delete`');
});

it('names the one datastore, and tells several members on one machine', () => {
  expect(judged()['datastore']?.found).toContain('one SQLite file on k3d-shop-server-0');
  const facts = clusterFacts({ datastores: saw([member('a'), member('b'), member('c')], 'db', now) });
  expect(judged(nodes, facts)['datastore']?.found).toContain('3 etcd members');
});

it('does not say that there is none when no datastore was found', () => {
  expect(judged(nodes, clusterFacts({ datastores: saw([], 'db', now) }))['datastore']).toMatchObject({
    state: 'unknown',
  });
});

it('tells addresses that are given at the start from those of their own', () => {
  expect(judged()['addresses']).toMatchObject({ state: 'holds' });
  const own = (seen(clusterFacts().containers) ?? []).map((entry) =>
    Object.assign({}, entry, { hasStaticAddress: true }),
  );
  expect(judged(nodes, clusterFacts({ containers: saw(own, 'engine', now) }))['addresses']).toMatchObject({
    state: 'does-not-hold',
  });
});

it('shows that the address of a LoadBalancer is a node’s', () => {
  const service = object('Service', 'web', {
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: [{ ip: '172.18.0.3' }] } },
  });
  const { 'load-balancer': found } = judged([...nodes, service]);
  expect(found?.found).toContain('k3d-shop-serverlb');
  expect(found?.evidence.map(({ value }) => value)).toContain('172.18.0.3 (a node of this cluster)');
});

it('knows nothing where it could not look', () => {
  const facts = clusterFacts({
    machine: nothing(),
    containers: nothing(),
    mounts: nothing(),
    datastores: nothing(),
  });
  for (const entry of Object.values(judged(nodes, facts))) {
    expect(entry.state).toBe('unknown');
    expect(entry.found).toContain('no engine answers');
  }
});
