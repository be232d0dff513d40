import { describe, expect, test } from 'vitest';

import { chooseTarget, TargetUnclear } from './target.ts';

const contexts = [
  { name: 'k3d-shop', cluster: 'k3d-shop' },
  { name: 'k3d-other', cluster: 'k3d-other' },
  { name: 'cloud', cluster: 'gke_project' },
];
const choose = (choice: Partial<Parameters<typeof chooseTarget>[0]>) =>
  chooseTarget({
    contexts,
    current: undefined,
    clusters: ['shop'],
    engine: 'unix:///docker.sock',
    ...choice,
  });

describe('the target', () => {
  test('is the context that was named', () => {
    expect(choose({ wanted: 'k3d-shop', current: 'cloud' })).toEqual({
      cluster: 'shop',
      context: 'k3d-shop',
    });
  });

  test('is the context that was named, of two that lead to the cluster of the stack file', () => {
    const two = [{ name: 'shop-reader', cluster: 'k3d-shop' }, ...contexts];
    expect(choose({ wanted: 'shop-reader', cluster: 'shop', contexts: two }).context).toBe('shop-reader');
  });

  test('is the current context when its cluster is on this machine', () => {
    expect(choose({ current: 'k3d-other', clusters: ['shop', 'other'] }).cluster).toBe('other');
  });

  test('is the only local cluster when the current context leads elsewhere', () => {
    expect(choose({ current: 'cloud' })).toEqual({ cluster: 'shop', context: 'k3d-shop' });
  });

  test('is the current one of two contexts that lead to the only cluster', () => {
    const two = [{ name: 'shop-reader', cluster: 'k3d-shop' }, ...contexts];
    expect(choose({ cluster: 'shop', contexts: two, current: 'k3d-shop' })).toEqual({
      cluster: 'shop',
      context: 'k3d-shop',
    });
  });

  test('is known even when no context leads to it', () => {
    expect(choose({ clusters: ['new'] })).toEqual({ cluster: 'new', context: undefined });
  });

  test.each([
    ['two clusters could be meant', { clusters: ['shop', 'other'] }, /shop, other .*docker\.sock.*--context/],
    ['there is no cluster', { clusters: [] }, /no k3d cluster.*docker\.sock.*docker ps -a/],
    ['the named context leads to a cloud', { wanted: 'cloud' }, /leads to no local cluster.*are: shop/],
    ['the named context does not exist', { wanted: 'k3d-shpo' }, /no context k3d-shpo.*known are: k3d-shop/],
    [
      'the stack file is about another cluster than the named context',
      { wanted: 'k3d-other', cluster: 'shop', clusters: ['shop', 'other'] },
      /k3d-other leads to other, and the stack file is about shop.*--stack/,
    ],
    ['the stack file names a cluster that is not here', { cluster: 'gone' }, /names cluster gone.*are: shop/],
    [
      'two contexts, of two users perhaps, lead to the cluster',
      { current: 'cloud', contexts: [...contexts, { name: 'shop-reader', cluster: 'k3d-shop' }] },
      /More than one context.*k3d-shop, shop-reader.*--context/,
    ],
  ])('is refused when %s', (_name, choice, message) => {
    expect(() => choose(choice)).toThrow(TargetUnclear);
    expect(() => choose(choice)).toThrow(message);
  });
});
