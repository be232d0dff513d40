import { describe, expect, test } from 'vitest';

import { rebuiltAccess } from './cluster-access.ts';

/** What is done about a context (undefined: none was found) with this server, and an API published there. */
function access(
  server: string | undefined,
  published: string | undefined,
  context: string | undefined = 'k3d-shop',
  isForeign = false,
) {
  const provider = {
    kubeconfig: (cluster: string) => Promise.resolve(`kubeconfig of ${cluster}`),
    publishedAddress: () => Promise.resolve(published),
  };
  const contexts = [{ name: 'k3d-shop', server }];
  return rebuiltAccess({
    cluster: 'shop',
    context,
    contexts,
    provider,
    answersForeign: () => Promise.resolve(isForeign),
  });
}

const trusted = () => Promise.resolve(false);

describe('the way to a cluster', () => {
  test.each([
    ['its port', 'https://0.0.0.0:6550', '0.0.0.0:6550'],
    ['the usual port of HTTPS', 'https://127.0.0.1', '127.0.0.1:443'],
    ['an API that is published nowhere', 'https://127.0.0.1:6550', undefined],
    ['another machine', 'https://shop.example:6443', '0.0.0.0:6550'],
    ['an address that is none', 'nonsense', '0.0.0.0:6550'],
    ['no address', undefined, '0.0.0.0:6550'],
  ])("is the user's own with %s", async (_name, server, published) => {
    expect(await access(server, published)).toBeUndefined();
  });

  test('is asked of the cluster when its port is another one by now', async () => {
    expect(await access('https://127.0.0.1:6443', '[::1]:6550')).toEqual({
      kubeconfig: 'kubeconfig of shop',
      why: 'context k3d-shop leads to port 6443, and the API of cluster shop is published at port 6550',
    });
  });

  test('is asked of the cluster when it was made anew at the same port', async () => {
    const found = await access('https://0.0.0.0:6550', '0.0.0.0:6550', 'k3d-shop', true);
    expect(found?.why).toContain('does not trust the certificate of this one');
  });

  test("is the user's own for another machine, whatever that one answers", async () => {
    expect(await access('https://shop.example:6443', '0.0.0.0:6550', 'k3d-shop', true)).toBeUndefined();
  });

  test('is asked of the cluster when no context leads there', async () => {
    const provider = {
      kubeconfig: () => Promise.resolve('text'),
      publishedAddress: () => Promise.resolve(undefined),
    };
    const parts = { cluster: 'shop', context: undefined, contexts: [], provider, answersForeign: trusted };
    const found = await rebuiltAccess(parts);
    expect(found?.why).toBe('no context of the kubeconfig leads to cluster shop');
  });
});
