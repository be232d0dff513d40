import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { pulledImages } from './docker-backend.ts';

interface Kustomization {
  readonly images: readonly { readonly newName: string; readonly newTag: string }[];
  readonly patches: readonly { readonly patch: string }[];
}

it('the nodes get the very images that the operator and its pods ask for', () => {
  const file = path.join(import.meta.dirname, 'operator', 'kustomization.yaml');
  const { images, patches } = parse(readFileSync(file, 'utf8')) as Kustomization;
  const operator = images.map(({ newName, newTag }) => `${newName}:${newTag}`);
  const pods = patches.flatMap(({ patch }) => parse(patch) as readonly { readonly value: string }[]);
  expect([...operator, ...pods.map(({ value }) => value)]).toEqual(pulledImages);
});
