import { expect, test } from 'vitest';

import { Bench } from '../bench.ts';
import type { Manifest } from '../manifest.ts';
import { targets } from '../targets/index.ts';
import { definitions } from './definitions.ts';

const object = (apiVersion: string, kind: string): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'shop' },
});

test('kinds that somebody’s definition brings are told, in one task; those of Kubernetes and of the folder are not', () => {
  const bench = new Bench([
    object('shop.example.com/v1', 'Window'),
    object('shop.example.com/v1', 'Window'),
    object('monitoring.coreos.com/v1', 'ServiceMonitor'),
    object('v1', 'Service'),
    object('apps/v1', 'Deployment'),
    object('networking.k8s.io/v1', 'Ingress'),
    object('acid.zalan.do/v1', 'postgresql'),
    object('external-secrets.io/v1', 'ExternalSecret'),
  ]);
  definitions.run(bench, { target: targets.gke.target, database: 'operator' });
  expect(bench.tasks.map((task) => task.object)).toEqual([
    'ServiceMonitor (monitoring.coreos.com), Window (shop.example.com)',
  ]);
});
