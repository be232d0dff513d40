import { expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { imagesInUse, repositoryOf } from './images-in-use.ts';
import { nodeObjectsOf } from './node-objects.ts';

test.each([
  ['nginx', 'docker.io/library/nginx'],
  ['nginx:1.29', 'docker.io/library/nginx'],
  ['shop/app:1', 'docker.io/shop/app'],
  ['localhost:5000/app:1', 'localhost:5000/app'],
  ['ghcr.io/zalando/spilo-17:4.0-p2', 'ghcr.io/zalando/spilo-17'],
  ['docker.io/library/nginx@sha256:abc', 'docker.io/library/nginx'],
])('%s is of repository %s', (image, repository) => {
  expect(repositoryOf(image)).toBe(repository);
});

function pod(image: string, imageID: string): KubeObject {
  return {
    kind: 'Pod',
    metadata: { name: 'a', uid: 'u' },
    spec: { containers: [{ name: 'c', image }] },
    status: { containerStatuses: [{ name: 'c', image, imageID }] },
  };
}

test('an image comes from a registry only where the node says so, and that registry stays', () => {
  const digest = 'sha256:0123';
  const pods = [
    pod('nginx:1', `docker.io/library/nginx@${digest}`),
    pod('shop/app:1', digest),
    pod('shop/imported:1', `docker.io/library/import-2026-01-01@${digest}`),
    pod('k3d-reg:5000/own:1', `k3d-reg:5000/own@${digest}`),
  ];
  const cron: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', uid: 'u' },
    spec: {
      jobTemplate: { spec: { template: { spec: { containers: [{ name: 'c', image: 'shop/night:1' }] } } } },
    },
  };
  expect(imagesInUse([cron], pods, new Set(['k3d-reg:5000']))).toEqual([
    { name: 'k3d-reg:5000/own:1' },
    { name: 'nginx:1', fromRegistry: `docker.io/library/nginx@${digest}` },
    { name: 'shop/app:1' },
    { name: 'shop/imported:1' },
    { name: 'shop/night:1' },
  ]);
});

test('of a node only what somebody has set is kept', () => {
  const node: KubeObject = {
    metadata: {
      name: 'k3d-shop-agent-0',
      uid: 'u',
      labels: {
        'kubernetes.io/hostname': 'k3d-shop-agent-0',
        'beta.kubernetes.io/instance-type': 'k3s',
        'node-role.kubernetes.io/control-plane': 'true',
        'node-role.kubernetes.io/worker': 'true',
        disk: 'fast',
      },
    },
    spec: {
      taints: [
        { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
        { key: 'dedicated', value: 'database', effect: 'NoSchedule' },
      ],
    },
  };
  const bare = {
    ...node,
    metadata: { name: 'b', uid: 'u', labels: { 'kubernetes.io/os': 'linux' } },
    spec: {},
  };
  expect(nodeObjectsOf([node, bare])).toEqual([
    {
      name: 'k3d-shop-agent-0',
      labels: { disk: 'fast', 'node-role.kubernetes.io/worker': 'true' },
      taints: [{ key: 'dedicated', value: 'database', effect: 'NoSchedule' }],
    },
  ]);
});
