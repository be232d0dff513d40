import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test, vi, type TestContext } from 'vitest';

import { bundle } from '../../scripts/bundle.ts';
import { poolerShop, type PoolerShop, type PoolerShopOptions } from '../fakes/pooler-shop.ts';
import { checkPods, client, said, values } from '../fakes/pooler-shop-questions.ts';
import { derivedImage } from '../fakes/pooler-shop-pods.ts';
import { noApiServer, realApiServer, type RealApiServer } from '../fakes/real-api-server.ts';
import { realPgbouncer } from '../fakes/real-pgbouncer.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const { program, lacking } = realPgbouncer();
let api: RealApiServer | undefined;
let namespaces = 0;

beforeAll(async () => {
  await bundle();
  if (noApiServer === undefined) api = await realApiServer();
}, 180_000);

afterAll(() => api?.stop());

async function shopFor(
  context: TestContext,
  options: Pick<PoolerShopOptions, 'kind'> & Partial<PoolerShopOptions>,
): Promise<PoolerShop> {
  skipWhen(context, noApiServer ?? lacking);
  if (api === undefined || program === undefined) throw new Error('there is neither API nor PgBouncer');
  namespaces += 1;
  return poolerShop({ api, program, namespace: `shop-${namespaces}`, ...options });
}

/** An API server, an etcd and real PgBouncers start in each; on a machine that is busy with other tests that takes its time. */
const limit = { timeout: 240_000 };

describe("a pooler of the operator's, whose image takes no settings", () => {
  test(
    'is set by SET, says how long that lasts, and is taken back without a trace',
    limit,
    async (context) => {
      const shop = await shopFor(context, { kind: 'operator' });
      const stackFile = readFileSync(shop.stackFile, 'utf8');
      const before = await said(shop, 'diff', 'quick');
      expect(before, before.stderr).toMatchObject({ code: 1, json: { result: 'different' } });
      expect(before.json['processes']).toHaveLength(2);

      const set = await said(shop, 'set', 'quick');
      expect(set, set.stdout + set.stderr).toMatchObject({
        code: 0,
        json: {
          done: true,
          result: 'same',
          poolers: [
            {
              pooler: 'db-pooler',
              way: { kind: 'set' },
              lasts: expect.stringMatching(/until a pooler's container starts again/),
            },
          ],
        },
      });
      expect(await values(shop, 'server_login_retry')).toEqual(['1', '1']);
      expect(readFileSync(shop.stackFile, 'utf8')).toBe(
        stackFile.replace('spec:\n', 'spec:\n  pooler: { profile: quick }\n'),
      );
      expect(await checkPods(shop)).toEqual([]);
      expect(await said(shop, 'diff')).toMatchObject({ code: 0, json: { result: 'same' } });

      const undone = await said(shop, 'undo');
      expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0, json: { done: true } });
      expect(await values(shop, 'server_login_retry')).toEqual(['5', '5']);
      expect(readFileSync(shop.stackFile, 'utf8')).toBe(stackFile);
    },
  );

  test('keeps nothing of the profile before', limit, async (context) => {
    const shop = await shopFor(context, {
      kind: 'operator',
      asks: '{ settings: { query_wait_timeout: 7 } }',
    });
    await said(shop, 'set', 'patience');
    expect(await values(shop, 'server_connect_timeout')).toEqual(['30', '30']);
    const set = await said(shop, 'set', 'previous');
    expect(set, set.stdout + set.stderr).toMatchObject({
      code: 0,
      json: { profile: { name: 'previous with changes' } },
    });
    expect(await values(shop, 'server_connect_timeout')).toEqual(['15', '15']);
    expect(await values(shop, 'query_wait_timeout')).toEqual(['7', '7']);
  });

  test(
    'is left alone when PgBouncer does not start on a setting, and the line is shown',
    limit,
    async (context) => {
      const asks = '{ profile: quick, settings: { transaction_timeout: 5 } }';
      const shop = await shopFor(context, { kind: 'operator', asks });
      const set = await said(shop, 'set');
      expect(set).toMatchObject({ code: 1, json: { done: false, result: 'different' } });
      expect(set.json['actions']).toEqual([
        expect.objectContaining({
          step: 'check-pooler-settings',
          acted: 'failed',
          detail:
            'PgBouncer does not start in the line `transaction_timeout = 5`: ERROR unknown parameter: pgbouncer/transaction_timeout',
        }),
      ]);
      expect(await values(shop, 'server_login_retry')).toEqual(['5', '5']);
      expect(await checkPods(shop)).toEqual([]);
    },
  );

  test('is not checked by a run that is killed, whose pod the next run removes', limit, async (context) => {
    const shop = await shopFor(context, { kind: 'operator' });
    shop.node.isAsleep = true;
    const { child, ended } = shop.start('pooler', 'profile', 'set', 'quick');
    await vi.waitFor(async () => expect(await checkPods(shop)).toHaveLength(1), {
      timeout: 20_000,
      interval: 100,
    });
    child.kill('SIGKILL');
    await ended;
    expect(await checkPods(shop)).toHaveLength(1);
    shop.node.isAsleep = false;
    const undone = await said(shop, 'undo');
    expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0 });
    expect(await checkPods(shop)).toEqual([]);
    expect(await said(shop, 'set', 'quick')).toMatchObject({ code: 0 });
  });
});

describe("a pooler of the operator's with an image that takes settings", () => {
  test(
    'gets it when that is allowed, keeps the profile over a new pod, and gives everything back',
    limit,
    async (context) => {
      const shop = await shopFor(context, { kind: 'operator' });
      const { space, pods } = shop;
      const resource = async () => (await space.get(space.at('postgresqls', 'db'))) as { spec: unknown };
      const { spec } = await resource();
      const image = ['--image', derivedImage];

      const refused = await said(shop, 'set', 'quick', ...image);
      expect(refused).toMatchObject({ code: 64, json: { error: { kind: 'UsageError' } } });
      expect(refused.stderr).toMatch(/replaces the pods of the pooler.*--restart-poolers/);
      expect((await resource()).spec).toEqual(spec);
      const dry = await said(shop, 'set', 'quick', ...image, '--dry-run');
      expect(dry.json).toMatchObject({ poolers: [{ way: { kind: 'new-image' } }] });

      const set = await said(shop, 'set', 'quick', ...image, '--restart-poolers');
      expect(set, set.stdout + set.stderr).toMatchObject({ code: 0, json: { done: true, result: 'same' } });
      expect(await values(shop, 'server_login_retry')).toEqual(['1', '1']);

      const [first = ''] = pods.processes.keys();
      await pods.stop(first);
      await pods.start(`${first}-again`, derivedImage);
      await vi.waitFor(
        async () => expect(await values(shop, 'server_login_retry')).toEqual(['1', '1']),
        10_000,
      );
      expect([...pods.processes.values()].at(-1)?.log()).toContain(
        'settings from ConfigMap rekindle-pooler-settings',
      );

      const clients = await Promise.all([...pods.processes.values()].map(client));
      const next = await said(shop, 'set', 'patience');
      expect(next, next.stdout + next.stderr).toMatchObject({
        code: 0,
        json: { done: true, result: 'same', poolers: [{ way: { kind: 'image' } }] },
      });
      expect(clients.map(({ readyState }) => readyState)).toEqual(['open', 'open']);

      expect(await said(shop, 'undo')).toMatchObject({ code: 64 });
      const undone = await said(shop, 'undo', '--restart-poolers');
      expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0, json: { done: true } });
      expect((await resource()).spec).toEqual(spec);
      for (const kinds of ['configmaps', 'roles', 'rolebindings'])
        expect(await space.get(space.at(kinds, 'rekindle-pooler-settings'))).toBeUndefined();
      expect(await values(shop, 'server_login_retry')).toEqual(['5', '5']);
      expect(await checkPods(shop)).toEqual([]);
    },
  );
});

describe("somebody's own pooler", () => {
  test(
    'includes the settings from its own ConfigMap, drops no client, and gives it back as it was',
    limit,
    async (context) => {
      const shop = await shopFor(context, { kind: 'own' });
      const { space, pods } = shop;
      const map = async () =>
        ((await space.get(space.at('configmaps', 'my-pgbouncer'))) as { data: Record<string, string> }).data;
      const before = await map();
      const [process] = pods.processes.values();
      if (process === undefined) throw new Error('it has no process');
      const connected = await client(process);

      const set = await said(shop, 'set', 'quick');
      expect(set, set.stdout + set.stderr).toMatchObject({
        code: 0,
        json: { done: true, result: 'same', poolers: [{ way: { kind: 'include' } }] },
      });
      const after = await map();
      expect(after['pgbouncer.ini']).toContain(`\n%include ${process.folder}/rekindle.ini\n`);
      expect(after['rekindle.ini']).toContain('\nserver_login_retry = 1\n');
      expect(await values(shop, 'server_login_retry')).toEqual(['1']);
      expect(connected.readyState).toBe('open');

      const undone = await said(shop, 'undo');
      expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0, json: { done: true } });
      expect(await map()).toEqual(before);
      expect(await values(shop, 'server_login_retry')).toEqual(['5']);
      expect(connected.readyState).toBe('open');
      connected.destroy();
    },
  );

  test('is not given an image', limit, async (context) => {
    const shop = await shopFor(context, { kind: 'own' });
    const set = await said(shop, 'set', 'quick', '--image', derivedImage, '--restart-poolers');
    expect(set).toMatchObject({ code: 64 });
    expect(set.stderr).toMatch(/--image is for poolers that Zalando's operator deploys/);
  });
});

test(
  'a profile that does not exist, or is not named anywhere, is told with those that do',
  limit,
  async (context) => {
    const shop = await shopFor(context, { kind: 'own' });
    expect((await said(shop, 'set', 'fast')).stderr).toMatch(
      /There is no profile fast: there are patience, quick/,
    );
    expect((await said(shop, 'diff')).stderr).toMatch(/No profile is named.*spec\.pooler/);
  },
);
