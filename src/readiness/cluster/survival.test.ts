import { describe, expect, it } from 'vitest';

import { couldNotLook, saw } from '../../domain/looked.ts';
import { clusterFacts, worldWith } from '../../../test/fakes/readiness.ts';
import { claim, node, now, object, pod } from '../../../test/fakes/readiness-objects.ts';
import { dataPlaces, foldersOf } from './data-place.ts';
import { events, survival, type StorageEvent } from './survival.ts';

const storage = '/var/lib/rancher/k3s/storage';
const shop = [
  node('server-0'),
  node('agent-0'),
  ...claim('on-machine', 'agent-0', `${storage}/a`),
  ...claim('in-volume', 'server-0', `${storage}/b`),
  ...claim('in-layer', 'agent-0', '/opt/data'),
  object('PersistentVolumeClaim', 'elsewhere', { spec: { volumeName: 'cloud' } }),
  {
    kind: 'PersistentVolume',
    metadata: { name: 'cloud' },
    spec: { csi: { driver: 'disk' }, persistentVolumeReclaimPolicy: 'Retain' },
  },
  pod('web', {
    spec: {
      volumes: [
        { name: 'uploads', emptyDir: {} },
        { name: 'shm', emptyDir: { medium: 'Memory' } },
        { name: 'logs', hostPath: { path: '/var/log' } },
      ],
    },
  }),
];

const world = worldWith(shop);
const places = dataPlaces(world, clusterFacts());

function answers(name: string): Readonly<Record<StorageEvent, string>> {
  const place = places.find((entry) => entry.name === name);
  if (place === undefined)
    throw new Error(`no place ${name}: ${places.map((entry) => entry.name).join(', ')}`);
  return Object.fromEntries(events.map((event) => [event, survival(place, event).answer])) as Record<
    StorageEvent,
    string
  >;
}

function whenStopped(isOnServer?: boolean): string {
  const place = places.find(({ name }) => name === 'emptyDir uploads of web');
  if (place === undefined) throw new Error('no place');
  const { isOnServer: _, ...rest } = place;
  return survival({ ...rest, ...(isOnServer !== undefined && { isOnServer }) }, 'stop').answer;
}

describe('what survives what', () => {
  it('a claim in a folder of the machine outlives the cluster', () => {
    expect(answers('claim on-machine')).toEqual({
      container: 'kept',
      pod: 'kept',
      node: 'part',
      stop: 'kept',
      claim: 'lost',
      nodeDeleted: 'kept',
      clusterDeleted: 'kept',
      disk: 'lost',
    });
  });

  it('a claim in an unnamed volume goes with its node', () => {
    expect(answers('claim in-volume')).toMatchObject({
      pod: 'kept',
      nodeDeleted: 'lost',
      clusterDeleted: 'lost',
    });
  });

  it('a claim in the node’s own container goes with it', () => {
    expect(answers('claim in-layer')).toMatchObject({ node: 'part', nodeDeleted: 'lost' });
  });

  it('a claim that is on no node outlives the machine, and Retain outlives the claim', () => {
    expect(answers('claim elsewhere')).toMatchObject({
      node: 'kept',
      claim: 'kept',
      clusterDeleted: 'kept',
      disk: 'kept',
    });
  });

  it('an emptyDir dies with its pod, and not by a reboot', () => {
    expect(answers('emptyDir uploads of web')).toMatchObject({
      container: 'kept',
      pod: 'lost',
      node: 'part',
      stop: 'kept',
      claim: 'none',
    });
  });

  it('`k3d cluster stop` drains server nodes, and with them go the emptyDir volumes there', () => {
    expect([whenStopped(true), whenStopped(false), whenStopped()]).toEqual(['lost', 'kept', 'unknown']);
  });

  it('memory is gone after a reboot', () => {
    expect(answers('emptyDir shm of web')).toMatchObject({ container: 'kept', node: 'lost' });
  });

  it('the objects of the cluster go with `k3d cluster delete`', () => {
    expect(answers('objects of the cluster (sqlite)')).toMatchObject({
      node: 'part',
      clusterDeleted: 'lost',
    });
  });

  it('a volume that k3d made for this cluster goes with it, another named one does not', () => {
    const { mounts } = clusterFacts();
    const named = (isClusters: boolean) => {
      const value = (mounts.looked ? mounts.value : []).map((mount) =>
        Object.assign({}, mount, { kind: 'volume' as const, volume: 'v' }, isClusters && { isClusters }),
      );
      const place = dataPlaces(world, clusterFacts({ mounts: saw(value, 'engine', now) })).find(
        ({ name }) => name === 'claim in-volume',
      );
      if (place === undefined) throw new Error('no place');
      return [survival(place, 'nodeDeleted').answer, survival(place, 'clusterDeleted').answer];
    };
    expect(named(true)).toEqual(['kept', 'lost']);
    expect(named(false)).toEqual(['kept', 'kept']);
  });
});

describe('could not look', () => {
  it('is unknown wherever it matters, never kept or lost', () => {
    const blind = dataPlaces(world, clusterFacts({ mounts: couldNotLook('no engine', 'engine', now) }));
    const place = blind.find(({ name }) => name === 'claim on-machine');
    if (place === undefined) throw new Error('no place');
    expect(survival(place, 'clusterDeleted')).toMatchObject({ answer: 'unknown' });
    expect(place.bytes).toMatchObject({ looked: false });
  });
});

it('asks for the size of every folder once', () => {
  expect(foldersOf(world).map(({ node: where, path }) => `${where} ${path}`)).toEqual([
    `k3d-shop-agent-0 ${storage}/a`,
    `k3d-shop-server-0 ${storage}/b`,
    'k3d-shop-agent-0 /opt/data',
    'k3d-shop-agent-0 /var/lib/kubelet/pods/uid-web/volumes/kubernetes.io~empty-dir/uploads',
    'k3d-shop-agent-0 /var/lib/kubelet/pods/uid-web/volumes/kubernetes.io~empty-dir/shm',
    'k3d-shop-agent-0 /var/log',
  ]);
});
