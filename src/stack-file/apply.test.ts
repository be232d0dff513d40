import { describe, expect, test } from 'vitest';

import { stack } from '../../test/fakes/observation.ts';
import type { Component, Stack } from '../domain/stack.ts';
import { applyStackFile } from './apply.ts';
import { parseStackFile } from './parse.ts';

const nginx: Component = {
  ref: { kind: 'Deployment', namespace: 'shop', name: 'nginx' },
  adapter: 'edge',
  dependsOn: ['Deployment/django'],
  why: 'image nginx',
  podLabels: { app: 'nginx' },
};
const found: Stack = { ...stack, components: [nginx] };

function applied(spec: unknown): Stack {
  const head = { apiVersion: 'rekindle.dev/v1alpha1', kind: 'Stack', metadata: { name: 'shop' } };
  return applyStackFile(found, parseStackFile(JSON.stringify({ ...head, spec }), 'f'));
}

describe('a stack file', () => {
  test('that names a component leaves the dependencies that it does not speak of', () => {
    const ref = { kind: 'Deployment', name: 'nginx' };
    expect(applied({ components: [{ ref, adapter: 'web' }] }).components).toMatchObject([
      { adapter: 'web', dependsOn: ['Deployment/django'] },
    ]);
    expect(applied({ components: [{ ref, dependsOn: [] }] }).components).toMatchObject([
      { adapter: 'edge', dependsOn: [] },
    ]);
  });

  test('may name a front door that was not found', () => {
    const frontDoor = {
      url: 'https://shop.local:8443',
      address: '127.0.0.1:8443',
      tlsSecret: 'shop-tls',
      writeProbe: { path: '/orders/' },
    };
    expect(applied({ frontDoor }).frontDoor).toMatchObject({
      ...frontDoor,
      tlsSecret: { namespace: 'shop', name: 'shop-tls' },
      podLabels: { app: 'nginx' },
      healthPath: '/',
      writeProbe: { method: 'POST', expectStatus: 201 },
    });
    expect(applied({ frontDoor: { url: 'https://shop.local' } }).frontDoor).toBeUndefined();
  });
});
