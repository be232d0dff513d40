import { expect, test } from 'vitest';

import type { Component } from '../../domain/stack.ts';
import { layersOf } from './layers.ts';

const component = (name: string, ...dependsOn: readonly string[]): Component => ({
  ref: { kind: 'Deployment', name },
  adapter: 'workload',
  dependsOn: dependsOn.map((one) => `Deployment/${one}`),
  why: '',
  podLabels: {},
});

test('whoever is needed comes first; what is not known is not waited for', () => {
  const found = layersOf([component('door', 'web'), component('web', 'db', 'elsewhere'), component('db')]);
  expect(found).toEqual([['Deployment/db'], ['Deployment/web'], ['Deployment/door']]);
});

test('a circle ends somewhere', () => {
  expect(layersOf([component('a', 'b'), component('b', 'a')])).toEqual([['Deployment/a', 'Deployment/b']]);
});
