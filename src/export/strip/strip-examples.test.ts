import { describe, expect, test } from 'vitest';

import type { Fields } from '../../harden/fields/fields.ts';
import { lastAppliedAnnotation } from './asked.ts';
import { shapeOfSchema } from './kind-shapes.ts';
import { stripped } from './strip.ts';

const live = (object: Fields, marks: Fields = {}): Fields => ({
  ...object,
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7', generation: 2, ...marks },
  status: { replicas: 1 },
});

const applied = (object: Fields): Fields => ({
  annotations: { [lastAppliedAnnotation]: JSON.stringify(object) },
});

/** A Service as a cluster has it, with whoever has set something of it. */
const service = (managedFields: readonly object[]) =>
  live(
    {
      apiVersion: 'v1',
      kind: 'Service',
      spec: {
        type: 'NodePort',
        clusterIP: '10.43.0.9',
        clusterIPs: ['10.43.0.9'],
        sessionAffinity: 'None',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        ports: [{ name: 'web', port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30080 }],
      },
    },
    { managedFields },
  );
const port = (inner: object) => ({ 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, ...inner } } });
const by = (operation: string, spec: object) => ({ manager: 'm', operation, fieldsV1: { 'f:spec': spec } });

/** A bound claim whose volume this program has named. */
const claim = (manager: string) =>
  live(
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      spec: { volumeName: 'pv-1', volumeMode: 'Filesystem' },
    },
    { managedFields: [{ manager, operation: 'Update', fieldsV1: { 'f:spec': { 'f:volumeName': {} } } }] },
  );

describe('stripping', () => {
  test('takes away what belongs to this cluster, and keeps what people wrote beside it', () => {
    const object = live(
      { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } },
      {
        creationTimestamp: '2026-01-01T00:00:00Z',
        managedFields: [],
        ownerReferences: [{ kind: 'X', name: 'x', uid: 'u' }],
        finalizers: ['kubernetes.io/pvc-protection'],
        labels: { app: 'web', 'kubernetes.io/metadata.name': 'shop' },
        annotations: {
          note: 'kept',
          'deployment.kubernetes.io/revision': '4',
          'objectset.rio.cattle.io/id': 'x',
          [lastAppliedAnnotation]: 'not JSON',
        },
      },
    );
    expect(stripped(object)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' }, annotations: { note: 'kept' } },
      data: { a: '1' },
    });
  });

  test('what a server-side apply has set was asked for; what the cluster has chosen was not', () => {
    const bare = { type: 'NodePort', ports: [{ name: 'web', port: 80 }] };
    expect(stripped(service([]))['spec']).toEqual(bare);
    expect(
      stripped(service([by('Update', { ...port({ 'f:port': {} }), 'f:sessionAffinity': {} })]))['spec'],
    ).toEqual(bare);
    expect(stripped(service([by('Update', port({ 'f:nodePort': {} }))]))['spec']).toEqual({
      ...bare,
      ports: [{ name: 'web', port: 80, nodePort: 30080 }],
    });
    const applyAll = by('Apply', {
      ...port({ 'f:protocol': {} }),
      'f:clusterIP': {},
      'f:sessionAffinity': {},
    });
    expect(stripped(service([applyAll]))['spec']).toEqual({
      type: 'NodePort',
      clusterIP: '10.43.0.9',
      sessionAffinity: 'None',
      ports: [{ name: 'web', port: 80, protocol: 'TCP' }],
    });
  });

  test('a volume that the binder has chosen goes, one that somebody has named stays', () => {
    expect(stripped(claim('kube-controller-manager'))['spec']).toEqual({});
    expect(stripped(claim('k3s'))['spec']).toEqual({});
    expect(stripped(claim('kubectl-create'))['spec']).toEqual({ volumeName: 'pv-1' });
  });

  test('finalizers of controllers go, those of people stay', () => {
    const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', spec: { a: 1 } };
    const finalizers = ['resources-finalizer.argocd.argoproj.io', 'somebody.else/cleanup'];
    const written = { ...object, metadata: { finalizers: [finalizers[0]] } };
    expect(stripped(live(object, { finalizers, ...applied(written) }))['metadata']).toMatchObject({
      finalizers: [finalizers[0]],
    });
    expect(stripped(live(object, { finalizers }))['metadata']).not.toHaveProperty('finalizers');
  });

  test('defaults that a definition declares go from custom resources, also in maps and lists', () => {
    const schema = {
      properties: {
        spec: {
          properties: {
            light: { type: 'string', default: 'warm' },
            shelves: { items: { properties: { locked: { default: true } } } },
            rooms: { additionalProperties: { properties: { heat: { default: 20 } } } },
          },
        },
      },
    };
    const spec = {
      light: 'warm',
      shelves: [{ locked: true, n: 1 }, { locked: false }],
      rooms: { hall: { heat: 20, size: 3 }, attic: { heat: 5 } },
    };
    const object = live({ apiVersion: 'shop.example.com/v1', kind: 'Window', spec });
    expect(stripped(object, shapeOfSchema(schema))['spec']).toEqual({
      shelves: [{ n: 1 }, { locked: false }],
      rooms: { hall: { size: 3 }, attic: { heat: 5 } },
    });
    expect(stripped(object)['spec']).toEqual(spec);
  });
});
