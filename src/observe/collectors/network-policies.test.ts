import { expect, test } from 'vitest';

import type { KubeObject } from '../../ports/cluster.ts';
import { networkPolicy } from './network-policies.ts';

function object(spec: object): KubeObject {
  const creationTimestamp = '2026-01-01T12:00:00Z';
  return { metadata: { name: 'p', namespace: 'shop', uid: 'u', creationTimestamp }, spec };
}

test('reads selectors, peers and ports, with the defaults of the API', () => {
  const read = networkPolicy(
    object({
      podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            { podSelector: {} },
            { namespaceSelector: { matchLabels: { team: 'data' } } },
            { ipBlock: { cidr: '10.0.0.0/8' } },
          ],
          ports: [{ port: 5432 }, { protocol: 'UDP', port: 'dns', endPort: null }, {}],
        },
        {},
      ],
    }),
  );
  const nothing = { matchLabels: {}, matchExpressions: [] };
  expect(read).toEqual({
    namespace: 'shop',
    name: 'p',
    createdAt: Date.UTC(2026, 0, 1, 12),
    podSelector: { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'Exists', values: [] }] },
    egress: [
      {
        peers: [
          { podSelector: nothing },
          { namespaceSelector: { matchLabels: { team: 'data' }, matchExpressions: [] } },
          { ipBlock: { cidr: '10.0.0.0/8', except: [] } },
        ],
        ports: [{ protocol: 'TCP', port: 5432 }, { protocol: 'UDP', port: 'dns' }, { protocol: 'TCP' }],
      },
      { peers: [], ports: [] },
    ],
  });
});

test.each([
  [{ podSelector: {} }, ['ingress']],
  [{ podSelector: {}, egress: [{}] }, ['ingress', 'egress']],
  [{ podSelector: {}, policyTypes: ['Egress'] }, ['egress']],
])('knows which directions %j governs', (spec, directions) => {
  const policy = networkPolicy(object(spec));
  expect(['ingress', 'egress'].filter((name) => name in policy)).toEqual(directions);
});

test('takes nothing else for a policy', () => {
  expect(() =>
    networkPolicy(object({ podSelector: { matchExpressions: [{ key: 'a', operator: 'Gt' }] } })),
  ).toThrow(/operator/);
});
