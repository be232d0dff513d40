import { expect, test } from 'vitest';

import type { ClusterDefinition } from '../cluster/definition.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { BackupManifest } from '../manifest.ts';
import { planRebuild, type RebuildFacts } from './plan-rebuild.ts';

const definition: ClusterDefinition = {
  schema: 'rekindle.dev/v1alpha1/cluster-definition',
  provider: 'k3d',
  name: 'shop',
  image: { name: 'rancher/k3s:1', id: 'sha256:k3s', digests: ['rancher/k3s@sha256:1'], isStored: false },
  loadBalancerImage: { name: 'ghcr.io/k3d-io/k3d-proxy:5.8.3', isStored: false },
  servers: 1,
  agents: 0,
  api: { host: '', hostIp: '', hostPort: '' },
  ports: [],
  volumes: [
    { volume: '/srv/archives:/var/lib/rancher/k3s/agent/images', nodes: ['server:*'] },
    { volume: '/srv/gone:/data', nodes: ['server:*'] },
  ],
  arguments: [],
  environment: [],
  containerLabels: [],
  nodeLabels: [],
  serversMemoryBytes: 0,
  agentsMemoryBytes: 0,
  hostAliases: [],
  registries: { use: [] },
  nodeObjects: [],
  images: [
    { name: 'nginx:1', fromRegistry: 'docker.io/library/nginx@sha256:2', isStored: false },
    { name: 'shop/app:1', inEngine: 'sha256:app', isStored: false },
  ],
  notes: ['a note'],
};

const taken = { bytes: 1, sha256: '0'.repeat(64), storedBytes: 1, storedSha256: '0'.repeat(64), seconds: 1 };
const manifest = {
  id: 'b-1',
  leftOut: [{ what: 'namespace other', why: 'it is not of this stack' }],
  parts: [
    {
      ...taken,
      file: 'a',
      takenAt: '2026-01-01T00:00:00.000Z',
      of: { kind: 'database', database: 'shop', cluster: 'db', lsn: '0/5000060', tablespaces: ['fast'] },
    },
  ],
} as unknown as BackupManifest;

function facts(changes: Partial<RebuildFacts> = {}): RebuildFacts {
  return {
    state: { kind: 'fresh' },
    backup: {
      manifest,
      definition,
      details: { kind: 'objects', namespace: 'shop', operators: [], objects: [], missing: [] },
      objects: [
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', uid: '' } },
        { apiVersion: 'acid.zalan.do/v1', kind: 'postgresql', metadata: { name: 'db', uid: '' } },
      ],
    },
    proof: 'proven',
    engine: new Map([['shop/app:1', 'sha256:app']]),
    folders: new Set(['/srv/archives']),
    ...changes,
  };
}

test('a plan says from where each image comes, what will be lost and what will not be as it was', () => {
  const { images, lost, warnings, refusals } = planRebuild(facts(), []);
  expect(images).toEqual([
    { image: 'rancher/k3s:1', from: 'its registry (rancher/k3s@sha256:1)' },
    { image: 'nginx:1', from: 'its registry (docker.io/library/nginx@sha256:2)' },
    { image: 'shop/app:1', from: 'the engine' },
  ]);
  expect(lost.map(({ sentence }) => sentence)).toEqual([
    'database shop: everything acknowledged up to LSN 0/5000060, taken at 2026-01-01T00:00:00.000Z, is there; what was written after that is lost',
  ]);
  expect(warnings).toEqual([
    '/srv/gone is not on this machine: the nodes get an empty folder in its place',
    'what lay in tablespaces fast of shop comes into the usual one',
    'a note',
    'not in the backup: namespace other (it is not of this stack)',
  ]);
  expect(refusals).toEqual([]);
});

const object = (kind: string, name: string, spec: object): KubeObject => ({
  kind,
  metadata: { name, namespace: 'shop', uid: '' },
  spec,
});
const mounting = (claim: string) => ({
  template: { spec: { volumes: [{ name: 'files', persistentVolumeClaim: { claimName: claim } }] } },
});
const uploads = (claim: string) => ({
  ...taken,
  file: claim,
  takenAt: '2026-01-01T00:00:00.000Z',
  of: { kind: 'uploads', claim },
});

test('files of claims that are used by what is made last, or by what an operator makes, are not promised', () => {
  const claims = ['media', 'logs', 'nightly', 'data-search-0'];
  const backup = {
    ...facts().backup,
    manifest: { ...manifest, parts: claims.map(uploads) } as unknown as BackupManifest,
    objects: [
      ...facts().backup.objects,
      object('Deployment', 'django', mounting('media')),
      object('DaemonSet', 'logs', mounting('logs')),
      object('CronJob', 'nightly', { jobTemplate: { spec: mounting('nightly') } }),
      object('Elasticsearch', 'search', {}),
    ],
  };
  const { lost, warnings, notPutBack } = planRebuild(facts({ backup }), []);
  expect(notPutBack).toEqual(['logs', 'nightly', 'data-search-0']);
  expect(lost.map(({ what }) => what)).toEqual(['files of media']);
  expect(warnings.filter((text) => text.includes('put back'))).toEqual([
    expect.stringMatching(/^files of logs are in the backup and are not put back.*--uploads/),
    expect.stringMatching(/^files of nightly are/),
    expect.stringMatching(/^files of data-search-0 are/),
  ]);
});

test('an image that can be had from nowhere is named, with the next move', () => {
  const { refusals } = planRebuild(facts({ engine: new Map(), folders: new Set() }), []);
  expect(refusals).toEqual([
    {
      why: expect.stringMatching(/^image shop\/app:1 can be had from nowhere/),
      next: expect.stringContaining('docker build --tag shop/app:1'),
    },
  ]);
});

const from = (changes: Partial<RebuildFacts>) =>
  planRebuild(facts(changes), []).images.find(({ image }) => image === 'shop/app:1')?.from;

test('archives that the nodes mount are a source, and another image of the same name is told', () => {
  expect(from({ engine: new Map() })).toBe('the archives in /srv/archives');
  expect(from({ engine: new Map([['shop/app:1', 'sha256:newer']]) })).toMatch(/another image of this name/);
});

test.each<[string, Partial<RebuildFacts>, RegExp]>([
  [
    'a cluster of that name',
    { state: { kind: 'occupied', why: 'there is a cluster', next: 'x' } },
    /there is a cluster/,
  ],
  ['a backup that is known to be bad', { proof: 'bad' }, /is bad/],
  [
    'a backup without Secrets',
    { backup: { ...facts().backup, objects: facts().backup.objects.slice(1) } },
    /no Secrets/,
  ],
])('%s is refused', (_name, changes, why) => {
  expect(planRebuild(facts(changes), []).refusals).toEqual([
    expect.objectContaining({ why: expect.stringMatching(why) }),
  ]);
});
