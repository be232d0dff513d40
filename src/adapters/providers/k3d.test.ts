import { expect, test } from 'vitest';

import type { DockerEngine } from '../docker/engine.ts';
import { createK3dProvider } from './k3d.ts';

test('a registry that stands by itself is no cluster', async () => {
  const endpoint = { url: 'unix:///run/docker.sock', from: 'the test', socketPath: '/run/docker.sock' };
  const engine = { endpoint, labelValues: () => Promise.resolve(['', 'shop']) } as unknown as DockerEngine;
  expect(await createK3dProvider({ engine }).clusters()).toEqual(['shop']);
});
