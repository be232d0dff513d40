import { expect, test } from 'vitest';
import { parse } from 'yaml';

import type { EngineImage, MadeContainer } from '../../ports/cluster-maker.ts';
import { archiveFolders } from './archive-folders.ts';
import { clusterDefinition, type ClusterDefinition } from './definition.ts';
import { describeCluster } from './describe-cluster.ts';
import { k3dConfigOf, k3dEnvironmentOf } from './k3d-config.ts';

const labels = {
  app: 'k3d',
  'k3d.cluster': 'shop',
  'k3d.version': 'v5.8.3',
  'k3d.cluster.token': 'not-to-be-kept',
  'k3d.cluster.imageVolume': 'k3d-shop-images',
  'k3d.cluster.network': 'k3d-shop',
  'k3d.cluster.network.external': 'false',
  'k3d.cluster.network.iprange': '172.18.0.0/16',
  'k3d.server.api.host': '0.0.0.0',
  'k3d.server.api.hostIP': '127.0.0.1',
  'k3d.server.api.port': '6550',
  'k3d.server.loadbalancer': 'k3d-shop-serverlb',
  owner: 'somebody',
  'rekindle.dev/restore': 'an-earlier-one',
};

function container(
  name: string,
  role: MadeContainer['role'],
  changes: Partial<MadeContainer> = {},
): MadeContainer {
  return {
    id: name,
    name,
    role,
    image: { name: 'rancher/k3s:v1.34.4-k3s1', id: 'sha256:node' },
    command: [
      role,
      '--disable',
      'traefik',
      '--tls-san=0.0.0.0',
      '--tls-san',
      'k3d-shop-serverlb',
      '--tls-san',
      'shop.example',
      '--node-label',
      'disk=fast',
    ],
    environment: [
      'PATH=/bin',
      'K3S_TOKEN=secret',
      'HTTP_PROXY=http://proxy:3128',
      'K3S_KUBECONFIG_OUTPUT=/output',
    ],
    labels,
    binds: [
      'k3d-shop-images:/k3d/images',
      '/srv/data:/data',
      '/srv/archives:/var/lib/rancher/k3s/agent/images/',
    ],
    ports: [],
    memoryBytes: 0,
    networks: ['k3d-shop'],
    ...changes,
  };
}

const nodeImage: EngineImage = {
  id: 'sha256:node',
  digests: ['rancher/k3s@sha256:abc'],
  environment: ['PATH=/bin'],
  labels: {},
  bytes: 1,
};

const balancer = container('k3d-shop-serverlb', 'loadbalancer', {
  image: { name: 'ghcr.io/k3d-io/k3d-proxy:5.8.3', id: 'sha256:lb' },
  command: [],
  binds: [],
  ports: [
    { inside: '6443/tcp', hostIp: '127.0.0.1', hostPort: '6550' },
    { inside: '30443/tcp', hostIp: '', hostPort: '8443' },
    { inside: '53/udp', hostIp: '127.0.0.1', hostPort: '5353' },
  ],
});

const values = `ports:
  6443.tcp: [k3d-shop-server-0]
  30443.tcp: [k3d-shop-server-0, k3d-shop-agent-0, k3d-shop-agent-1]
  53.udp: [k3d-shop-agent-1]
`;

function described(changes: Partial<Parameters<typeof describeCluster>[0]> = {}): ClusterDefinition {
  const found = describeCluster({
    name: 'shop',
    containers: [
      balancer,
      container('k3d-shop-agent-1', 'agent', { binds: ['/srv/data:/data'] }),
      container('k3d-shop-server-0', 'server'),
      container('k3d-shop-agent-0', 'agent', { binds: ['/srv/data:/data'] }),
    ],
    nodeImage,
    loadBalancerValues: values,
    registriesFile: undefined,
    ...changes,
  });
  return clusterDefinition.parse({ ...found, nodeObjects: [], images: [] });
}

test('a cluster is described without what k3d adds to it by itself', () => {
  expect(described()).toMatchObject({
    servers: 1,
    agents: 2,
    k3dVersion: 'v5.8.3',
    image: { name: 'rancher/k3s:v1.34.4-k3s1', digests: ['rancher/k3s@sha256:abc'] },
    api: { host: '0.0.0.0', hostIp: '127.0.0.1', hostPort: '6550' },
    ports: [
      { port: '8443:30443', nodes: ['loadbalancer'] },
      { port: '127.0.0.1:5353:53/udp', nodes: ['agent:1:proxy'] },
    ],
    volumes: [
      { volume: '/srv/data:/data', nodes: ['server:*', 'agent:*'] },
      { volume: '/srv/archives:/var/lib/rancher/k3s/agent/images/', nodes: ['server:*'] },
    ],
    arguments: [
      { values: ['--disable', 'traefik', '--tls-san', 'shop.example'], nodes: ['server:*', 'agent:*'] },
    ],
    environment: [{ values: ['HTTP_PROXY=http://proxy:3128'], nodes: ['server:*', 'agent:*'] }],
    containerLabels: [{ values: ['owner=somebody'], nodes: ['server:*', 'agent:*', 'loadbalancer'] }],
    nodeLabels: [{ values: ['disk=fast'], nodes: ['server:*', 'agent:*'] }],
    notes: [],
  });
  expect(JSON.stringify(described())).not.toContain('secret');
  expect(archiveFolders(described())).toEqual(['/srv/archives']);
});

test('k3d is told to make the same, marked by the restore, and to leave the kubeconfig alone', () => {
  const config = parse(k3dConfigOf(described(), 'restore-1')) as Record<string, unknown>;
  expect(config).toMatchObject({
    kind: 'Simple',
    metadata: { name: 'shop' },
    servers: 1,
    agents: 2,
    image: 'rancher/k3s:v1.34.4-k3s1',
    kubeAPI: { host: '0.0.0.0', hostIP: '127.0.0.1', hostPort: '6550' },
    ports: [
      { port: '8443:30443', nodeFilters: ['loadbalancer'] },
      { port: '127.0.0.1:5353:53/udp', nodeFilters: ['agent:1:proxy'] },
    ],
    env: [{ envVar: 'HTTP_PROXY=http://proxy:3128', nodeFilters: ['server:*', 'agent:*'] }],
    options: {
      k3s: {
        extraArgs: ['--disable', 'traefik', '--tls-san', 'shop.example'].map((arg) => ({
          arg,
          nodeFilters: ['server:*', 'agent:*'],
        })),
        nodeLabels: [{ label: 'disk=fast', nodeFilters: ['server:*', 'agent:*'] }],
      },
      kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
      runtime: {
        labels: [
          { label: 'rekindle.dev/restore=restore-1', nodeFilters: ['server:*', 'agent:*', 'loadbalancer'] },
          { label: 'owner=somebody', nodeFilters: ['server:*', 'agent:*', 'loadbalancer'] },
        ],
      },
    },
  });
  expect(config).not.toHaveProperty('network');
  expect(config).not.toHaveProperty('subnet');
});

test('a load balancer of somebody’s own is asked for by name, k3d’s own is left to k3d', () => {
  expect(k3dEnvironmentOf(described())).toEqual({});
  const own = { ...described(), loadBalancerImage: { name: 'shop/loadbalancer:1', isStored: false } };
  expect(k3dEnvironmentOf(own)).toEqual({ K3D_IMAGE_LOADBALANCER: 'shop/loadbalancer:1' });
});

test('what cannot be made as it was is told', () => {
  const { notes, registries, network } = described({
    nodeImage: undefined,
    containers: [
      container('k3d-shop-server-0', 'server', {
        labels: { ...labels, 'k3d.cluster.network.external': 'true', 'k3d.cluster.network': 'office' },
      }),
      container('k3d-extra-0', 'agent'),
      container('k3d-own-registry', 'registry'),
      container('k3d-shared', 'registry', { labels: {} }),
    ],
  });
  expect(notes).toEqual([
    'node k3d-extra-0 will be called k3d-shop-agent-0',
    expect.stringContaining('no longer has the image of the nodes'),
    'registry k3d-own-registry is of the cluster: it and what is in it go with the cluster',
  ]);
  expect(registries).toEqual({ use: ['k3d-shared'] });
  expect(network).toBe('office');
});
