import { expect, test } from 'vitest';

import { podFacts } from './pod-facts.ts';

const metadata = { name: 'web', namespace: 'shop', uid: 'u' };

test('volumes that die with the pod are told from others, and those in memory from those on disk', () => {
  const volumes = [
    { name: 'config', configMap: {} },
    { name: 'uploads', emptyDir: {} },
    { name: 'sized', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'memory', emptyDir: { medium: 'Memory' } },
    { name: 'pages', emptyDir: { medium: 'HugePages-2Mi' } },
    { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } },
    { name: 'inline', csi: { driver: 'disks.example' } },
    { name: 'vault', csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } },
  ];
  expect(podFacts({ metadata, spec: { volumes } })).toMatchObject({
    ephemeralVolumes: ['scratch', 'inline'],
    emptyDirs: ['uploads', 'sized', 'memory', 'pages'],
    emptyDirsInMemory: ['memory', 'pages'],
  });
});

const running = (name: string) => [{ name, state: { running: {} } }];

test('containers of every kind are told', () => {
  const status = {
    containerStatuses: running('main'),
    initContainerStatuses: running('sidecar'),
    ephemeralContainerStatuses: running('debugger'),
  };
  expect(podFacts({ metadata, spec: {}, status })).toMatchObject({
    containers: [{ name: 'main', state: 'running' }],
    initContainers: [{ name: 'sidecar', state: 'running' }],
    ephemeralContainers: [{ name: 'debugger', state: 'running' }],
  });
});

test('that no node takes it is told in the words of the scheduler', () => {
  const message = '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  expect(podFacts({ metadata, spec: {}, status: { conditions } })).toMatchObject({ unscheduled: message });
  const placed = [{ type: 'PodScheduled', status: 'True' }];
  expect(podFacts({ metadata, spec: {}, status: { conditions: placed } })).not.toHaveProperty('unscheduled');
});
