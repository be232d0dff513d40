import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isFields, isSame, type Fields } from '../../harden/fields/fields.ts';
import { localClasses } from './local-field.ts';
import { splitLocal, type PatchOperation } from './split-local.ts';

const classes = localClasses([
  { kind: 'StorageClass', metadata: { name: 'hostpath', uid: '1' }, provisioner: 'docker.io/hostpath' },
  { kind: 'StorageClass', metadata: { name: 'longhorn', uid: '2' }, provisioner: 'driver.longhorn.io' },
  {
    kind: 'IngressClass',
    metadata: { name: 'traefik', uid: '3', annotations: { 'meta.helm.sh/release-namespace': 'kube-system' } },
  },
  { kind: 'IngressClass', metadata: { name: 'nginx', uid: '4' } },
]);

const steps = (path: string) =>
  path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Does what RFC 6902 says for the two operations that are written. */
function patched(object: Fields, operations: readonly PatchOperation[]): Fields {
  const copy = structuredClone(object) as Record<string, unknown>;
  for (const { op, path, value } of operations) {
    const parts = steps(path);
    const last = parts.pop() ?? '';
    let place: unknown = copy;
    for (const part of parts) place = (place as Record<string, unknown>)[part];
    const there = place as Record<string, unknown>;
    if (op === 'add') there[last] = value;
    else if (!isSame(there[last], value)) throw new Error(`${path} is not ${JSON.stringify(value)}`);
  }
  return copy;
}

const object = (apiVersion: string, kind: string, spec: object, annotations?: object): Fields => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'shop', ...(annotations && { annotations }) },
  spec,
});

const claim = (storageClassName: string) => ({
  metadata: { name: 'data' },
  spec: { storageClassName, resources: { requests: { storage: '1Gi' } } },
});

const pods = (spec: object) => ({
  template: { spec: { containers: [{ name: 'a', image: 'a:1' }], ...spec } },
});

const cases: readonly (readonly [string, Fields, object | undefined])[] = [
  [
    'a claim on a node',
    object('v1', 'PersistentVolumeClaim', claim('local-path').spec),
    { resources: { requests: { storage: '1Gi' } } },
  ],
  ['a claim elsewhere', object('v1', 'PersistentVolumeClaim', claim('longhorn').spec), undefined],
  [
    'a template of claims',
    object('apps/v1', 'StatefulSet', { volumeClaimTemplates: [claim('longhorn'), claim('hostpath')] }),
    {
      volumeClaimTemplates: [
        claim('longhorn'),
        { ...claim('x'), spec: { resources: { requests: { storage: '1Gi' } } } },
      ],
    },
  ],
  [
    'a database',
    object('acid.zalan.do/v1', 'postgresql', { volume: { size: '1Gi', storageClass: 'local-path' } }),
    { volume: { size: '1Gi' } },
  ],
  [
    'a node port',
    object('v1', 'Service', {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [{ port: 1 }, { port: 2, nodePort: 30002 }],
    }),
    { ports: [{ port: 1 }, { port: 2 }] },
  ],
  [
    'a load balancer with a port of the nodes',
    object('v1', 'Service', { type: 'LoadBalancer', ports: [{ name: 'a', port: 2, nodePort: 30002 }] }),
    { type: 'LoadBalancer', ports: [{ name: 'a', port: 2 }] },
  ],
  [
    'no address at all',
    object('v1', 'Service', { clusterIP: 'None', clusterIPs: ['None'], ports: [] }),
    undefined,
  ],
  ['another group’s Service', object('serving.knative.dev/v1', 'Service', { type: 'NodePort' }), undefined],
  [
    'a port of the node',
    object(
      'apps/v1',
      'DaemonSet',
      pods({ containers: [{ name: 'a', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
    ),
    pods({ containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] }),
  ],
  [
    'the network of the node',
    object(
      'apps/v1',
      'DaemonSet',
      pods({ hostNetwork: true, containers: [{ name: 'a', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
    ),
    undefined,
  ],
  [
    'a node by its name',
    object('apps/v1', 'Deployment', pods({ nodeName: 'n', nodeSelector: { 'kubernetes.io/hostname': 'n' } })),
    pods({}),
  ],
  [
    'a node among other wishes',
    object('apps/v1', 'Deployment', pods({ nodeSelector: { disk: 'ssd', 'kubernetes.io/hostname': 'n' } })),
    pods({ nodeSelector: { disk: 'ssd' } }),
  ],
  [
    'an Ingress of k3s',
    object('networking.k8s.io/v1', 'Ingress', { ingressClassName: 'traefik', rules: [] }),
    { rules: [] },
  ],
  [
    'an Ingress of somebody’s own',
    object('networking.k8s.io/v1', 'Ingress', { ingressClassName: 'nginx' }),
    undefined,
  ],
];

describe('base and overlay', () => {
  test.each(cases)('%s', (_what, whole, spec) => {
    const { base, patches } = splitLocal(whole, classes);
    expect(base['spec']).toEqual(spec ?? whole['spec']);
    expect(
      patched(
        base,
        patches.flatMap(({ operations }) => operations),
      ),
    ).toEqual(whole);
    expect(patches.length === 0).toBe(spec === undefined);
  });

  test('annotations that only k3s reads go; all of them, or those among others', () => {
    const own = { 'traefik.ingress.kubernetes.io/a.b': '1' };
    for (const annotations of [own, { ...own, note: 'x' }]) {
      const whole = object('v1', 'Service', {}, annotations);
      const { base, patches } = splitLocal(whole, classes);
      expect(JSON.stringify(base)).not.toContain('traefik');
      expect(
        patched(
          base,
          patches.flatMap(({ operations }) => operations),
        ),
      ).toEqual(whole);
    }
  });

  test('together they are the object again, whatever it is', () => {
    const port = fc.record(
      {
        port: fc.integer({ min: 1, max: 9 }),
        nodePort: fc.integer({ min: 30000, max: 30009 }),
        name: fc.constantFrom('a', 'b'),
      },
      { requiredKeys: ['port'] },
    );
    const service = fc
      .record({
        type: fc.constantFrom('NodePort', 'ClusterIP', 'LoadBalancer'),
        clusterIP: fc.constantFrom('None', '10.43.0.1', undefined),
        loadBalancerIP: fc.constantFrom('192.0.2.1', undefined),
        ports: fc.array(port, { maxLength: 4 }),
      })
      .map((spec) => object('v1', 'Service', JSON.parse(JSON.stringify(spec)) as object));
    fc.assert(
      fc.property(service, (whole) => {
        const { base, patches } = splitLocal(whole, classes);
        expect(
          patched(
            base,
            patches.flatMap(({ operations }) => operations),
          ),
        ).toEqual(whole);
        expect(splitLocal(base, classes).patches).toEqual([]);
        expect(isFields(base['spec'])).toBe(true);
      }),
    );
  });
});
