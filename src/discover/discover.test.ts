import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import type { KubeObject } from '../ports/cluster.ts';
import { discover } from './discover.ts';
import { serviceOf, workloadOf } from './workload-shape.ts';

const base = new URL('../../examples/jewelry-shop/base/', import.meta.url);

function objects(file: string): readonly KubeObject[] {
  return parseAllDocuments(readFileSync(new URL(file, base), 'utf8')).map(
    (document) => document.toJS() as KubeObject,
  );
}

const all = ['redis.yaml', 'celery.yaml', 'django.yaml'].flatMap(objects);
const ofKind = (kind: string) => all.filter((object) => object.kind === kind);

const stack = discover(
  {
    namespace: 'jewelry-shop',
    workloads: [
      ...ofKind('Deployment').map((object) => workloadOf('Deployment', object)),
      ...ofKind('StatefulSet').map((object) => workloadOf('StatefulSet', object)),
    ],
    services: ofKind('Service').map((object) => serviceOf(object)),
    configMaps: {},
    ingresses: [],
  },
  {
    cluster: { provider: 'k3d', name: 'shop', context: 'k3d-shop' },
    published: new Map(),
    certificateNames: new Map(),
  },
);

describe('the example stack', () => {
  test.each(['celery-worker', 'celery-beat', 'django'])('%s depends on Redis, by its environment', (name) => {
    const component = stack.components.find(({ ref }) => ref.name === name);
    expect(component?.dependsOn).toContain('StatefulSet/redis');
  });

  test('has a Redis that depends on nothing', () => {
    const component = stack.components.find(({ ref }) => ref.name === 'redis');
    expect(component).toMatchObject({ adapter: 'redis', dependsOn: [], podLabels: { component: 'redis' } });
  });
});
