import { describe, expect, test } from 'vitest';

import { hardenInventory, judged, measured, patchedContainer } from '../../../test/fakes/harden-inventory.ts';
import { deployment, type Manifest } from '../../../test/fakes/inventory.ts';

const liveness = {
  httpGet: { path: '/live', port: 8000 },
  initialDelaySeconds: 60,
  periodSeconds: 10,
  failureThreshold: 12,
};
const web = (container: Readonly<Record<string, unknown>>, labels = {}) =>
  deployment('web', { labels, container: { image: 'web:1', ...container } });

async function startup(manifest: Manifest, longest?: number) {
  const inventory = await hardenInventory([manifest], {}, 'shop');
  return judged(
    'startup-probe',
    inventory,
    longest === undefined ? undefined : measured({ 'Deployment/web': longest }),
  );
}

describe('a startup probe', () => {
  test('asks what the liveness probe asks, for three times the longest start', async () => {
    const [measure] = await startup(web({ livenessProbe: liveness }), 240);
    expect(patchedContainer(measure, 'containers')).toEqual({
      name: 'main',
      startupProbe: {
        httpGet: { path: '/live', port: 8000, scheme: 'HTTP' },
        periodSeconds: 10,
        timeoutSeconds: 1,
        failureThreshold: 73,
      },
    });
    expect(measure?.evidence.map(({ value }) => value)).toEqual([
      'kills after 170 s at the earliest',
      '3, the longest 240 s',
    ]);
  });

  test('gives five minutes at least, in the rhythm of the readiness probe', async () => {
    const readinessProbe = { tcpSocket: { port: 8000 }, periodSeconds: 4 };
    const [measure] = await startup(web({ livenessProbe: liveness, readinessProbe }), 5);
    expect(patchedContainer(measure, 'containers')).toMatchObject({
      startupProbe: { periodSeconds: 4, failureThreshold: 76 },
    });
  });

  test.each([
    ['exec', { exec: { command: ['check'] } }],
    ['gRPC', { grpc: { port: 9000 } }],
    [
      'headers',
      { httpGet: { path: '/', port: 1, scheme: 'HTTP', httpHeaders: [{ name: 'Host', value: 'x' }] } },
    ],
  ])('keeps the question as it is: %s', async (_name, question) => {
    const [measure] = await startup(web({ livenessProbe: question }), 100);
    expect(patchedContainer(measure, 'containers')?.['startupProbe']).toMatchObject(question);
  });

  test('is not guessed: without a measured start it says so and proposes nothing', async () => {
    const [measure] = await startup(web({ livenessProbe: liveness }));
    expect(measure?.change).toMatchObject({
      by: 'nothing',
      reason: expect.stringContaining('No start of it was measured'),
    });
  });

  test.each([
    ['nothing kills a slow start', web({})],
    [
      'the liveness probe waits long enough',
      web({ livenessProbe: { ...liveness, initialDelaySeconds: 600 } }),
    ],
    [
      'its startup probe waits long enough',
      web({ startupProbe: { ...liveness, failureThreshold: 60 }, livenessProbe: liveness }),
    ],
  ])('is not proposed where %s', async (_why, manifest) => {
    expect(await startup(manifest, 100)).toEqual([]);
  });

  test('that is too short gets more time, and nothing else is changed', async () => {
    const [measure] = await startup(
      web({ startupProbe: { httpGet: { port: 1 }, failureThreshold: 3 } }),
      100,
    );
    expect(patchedContainer(measure, 'containers')).toEqual({
      name: 'main',
      startupProbe: { failureThreshold: 31 },
    });
  });

  test('of an object that an operator writes is left to a person', async () => {
    const labels = { application: 'db-connection-pooler', 'cluster-name': 'db' };
    const [measure] = await startup(web({ livenessProbe: liveness }, labels), 100);
    expect(measure?.change).toMatchObject({
      by: 'hand',
      todo: expect.stringContaining('Zalando operator (postgresql db)'),
    });
  });
});
