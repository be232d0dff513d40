import { expect, test } from 'vitest';

import type { KubeObject } from '../ports/cluster.ts';
import { workloadFacts } from './workload-facts.ts';

const applied = 'kubectl.kubernetes.io/last-applied-configuration';

function deployment(metadata: object, spec: object = { replicas: 0 }): KubeObject {
  return { metadata: { name: 'redis', namespace: 'shop', uid: 'u', ...metadata }, spec };
}

const owner = (manager: string, time: string, spec: object) => ({
  manager,
  time,
  fieldsV1: { 'f:spec': spec },
});

test('tells who set the number of pods last, and what the manifest asks for', () => {
  const object = deployment({
    generation: 7,
    annotations: { [applied]: '{"spec":{"replicas":3}}' },
    managedFields: [
      owner('kubectl-client-side-apply', '2026-01-01T10:00:00Z', { 'f:replicas': {} }),
      owner('kubectl', '2026-01-01T11:00:00Z', { 'f:replicas': {} }),
      owner('controller', '2026-01-01T12:00:00Z', { 'f:template': {} }),
      { ...owner('controller', '2026-01-01T11:00:05Z', {}), subresource: 'status' },
    ],
  });
  expect(workloadFacts('Deployment', object)).toMatchObject({
    wanted: 0,
    generation: 7,
    scaledBy: { manager: 'kubectl', at: Date.UTC(2026, 0, 1, 11) },
    statusChangedAt: Date.UTC(2026, 0, 1, 11, 0, 5),
    appliedReplicas: 3,
  });
});

test('says nothing about what the API does not tell', () => {
  const facts = workloadFacts('Deployment', deployment({ annotations: { [applied]: 'no manifest' } }, {}));
  expect(facts).toEqual({
    kind: 'Deployment',
    namespace: 'shop',
    name: 'redis',
    wanted: 1,
    ready: 0,
    selector: {},
  });
  const broken = deployment({
    managedFields: [{ manager: 'x', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
  });
  expect(workloadFacts('Deployment', broken).scaledBy).toBeUndefined();
});

test('knows the pods of a selector with expressions by the labels of the template', () => {
  const labels = { app: 'redis', tier: 'cache' };
  const template = { metadata: { labels } };
  const expressions = [{ key: 'tier', operator: 'In', values: ['cache', 'queue'] }];
  const facts = (selector: object) =>
    workloadFacts('Deployment', deployment({}, { selector, template })).selector;
  expect(facts({ matchLabels: { app: 'redis' } })).toEqual({ app: 'redis' });
  expect(facts({ matchExpressions: expressions })).toEqual(labels);
  // The labels alone would also name pods of the workload whose expression asks for another tier.
  expect(facts({ matchLabels: { app: 'redis' }, matchExpressions: expressions })).toEqual(labels);
});
