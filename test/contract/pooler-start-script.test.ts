import { once } from 'node:events';
import net from 'node:net';
import { spawnSync } from 'node:child_process';

import { describe, expect, test, vi, type TestContext } from 'vitest';

import {
  configMapYaml,
  type ContainerOptions,
  type PoolerContainer,
  settingsApi,
  type SettingsAnswer,
  startContainer,
} from '../fakes/pooler-container.ts';
import { realPgbouncer } from '../fakes/real-pgbouncer.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const { program, lacking } = realPgbouncer();
const busybox = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();

function answerOf(settings: string): SettingsAnswer {
  return { status: 200, body: configMapYaml(settings) };
}

const quick = 'server_login_retry = 1\nserver_connect_timeout = 10\ndns_nxdomain_ttl = 1\n';

/** How an API server says so. */
const notFound =
  'apiVersion: v1\ncode: 404\nkind: Status\nmessage: configmaps "a" not found\nreason: NotFound\n';

interface Started {
  readonly container: PoolerContainer;
  readonly api: Awaited<ReturnType<typeof settingsApi>>;
}

async function started(
  context: TestContext,
  answer: SettingsAnswer,
  options: Partial<ContainerOptions> = {},
): Promise<Started> {
  skipWhen(context, lacking);
  const api = await settingsApi(answer);
  const container = await startContainer({ program: program ?? [], api, ...options });
  return { container, api };
}

/** Waits until the process runs with these values, and expects that it does. */
async function expectValues(
  { container }: Started,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  await vi.waitFor(async () => expect(await container.config()).toMatchObject(values), {
    timeout: 15_000,
    interval: 100,
  });
}

describe('the start script of the pooler image', () => {
  test('starts PgBouncer with the settings of the ConfigMap, in the section of the template', async (context) => {
    const after = '\n[users]\napp = pool_mode=session\n';
    const run = await started(context, answerOf(`; pooler profile quick\n${quick}`), { after });
    await expectValues(run, {
      server_login_retry: '1',
      server_connect_timeout: '10',
      dns_nxdomain_ttl: '1',
      server_lifetime: '3600',
      admin_users: 'pooler',
      conffile: expect.stringMatching(/\/rekindle-pgbouncer\.ini$/),
    });
    expect(run.container.log()).toContain(
      'rekindle: settings from ConfigMap rekindle-pooler-settings: server_login_retry = 1;',
    );
    expect(run.api.requests[0]).toEqual({
      url: '/api/v1/namespaces/shop/configmaps/rekindle-pooler-settings',
      token: 'Bearer token-of-the-pooler',
    });
    expect(run.container.opensslArguments()).not.toContain('token-of-the-pooler');
  });

  test('takes a ConfigMap over while it runs, and gives its settings up again, without dropping a client', async (context) => {
    const run = await started(context, answerOf('server_login_retry = 1\n'));
    await expectValues(run, { server_login_retry: '1' });
    const client = net.connect(run.container.port, '127.0.0.1');
    await once(client, 'connect');
    run.api.answer = answerOf('server_login_retry = 60\nserver_lifetime = 600\n');
    await expectValues(run, { server_login_retry: '60', server_lifetime: '600' });
    run.api.answer = { status: 404, body: notFound };
    await expectValues(run, { server_login_retry: '5', server_lifetime: '3600' });
    run.api.answer = answerOf('client_lifetime = 7200\n');
    await vi.waitFor(
      () =>
        expect(run.container.log()).toContain(
          'refused by PgBouncer (unknown parameter: pgbouncer/client_lifetime)',
        ),
      15_000,
    );
    await expectValues(run, { server_login_retry: '5' });
    expect(client.readyState).toBe('open');
    client.destroy();
  });

  test('starts with the settings of the image while the API does not answer, and with the others when it does', async (context) => {
    const run = await started(context, 'silence', { baked: 'server_login_retry = 2\n' });
    await expectValues(run, { server_login_retry: '2' });
    expect(run.container.log()).toContain(
      'settings from the image, because ConfigMap rekindle-pooler-settings could not be read',
    );
    run.api.answer = answerOf(quick);
    await expectValues(run, { server_login_retry: '1' });
  });

  test.for([
    ['a refusal', { status: 403, body: 'apiVersion: v1\nkind: Status\nreason: Forbidden\n' }],
    ['an unknown path', { status: 404, body: '404 page not found' }],
    ['something else', { status: 200, body: '<html>' }],
    ['half an answer', { status: 200, body: configMapYaml(quick).split('kind:')[0] ?? '' }],
  ] as const)('starts with the settings of the image after %s', async ([, answer], context) => {
    const run = await started(context, answer, { baked: 'server_login_retry = 2\n' });
    await expectValues(run, { server_login_retry: '2' });
    expect(run.api.requests.length).toBeGreaterThan(0);
  });

  test('tells its token to nobody whom the cluster does not know', async (context) => {
    skipWhen(context, lacking);
    const [real, stranger] = [await settingsApi('silence'), await settingsApi(answerOf(quick))];
    const api = { port: stranger.port, certificate: real.certificate };
    const container = await startContainer({
      program: program ?? [],
      api,
      baked: 'server_login_retry = 2\n',
    });
    await expectValues({ container, api: stranger }, { server_login_retry: '2' });
    expect(stranger.requests).toEqual([]);
  });

  test('takes numbers only: nobody gets in, and nothing leads elsewhere, by a ConfigMap', async (context) => {
    const hostile = [
      'auth_type = any',
      'listen_port = 1',
      'unix_socket_mode = 0777',
      'server_lifetime = 60 ; remark',
      '%include /etc/passwd',
      '[databases]',
      '* = host=evil',
      'server_login_retry = 3',
    ];
    const run = await started(context, answerOf(`${hostile.join('\n')}\n`));
    await expectValues(run, { server_login_retry: '3', auth_type: 'plain', server_lifetime: '3600' });
    expect(run.container.log()).toContain('rekindle-pooler-settings: server_login_retry = 3;\n');
  });

  test.for(['client_lifetime = 7200', 'pool_size = 20', 'server_lifetime = 1.2.3'])(
    'starts without what PgBouncer refuses, and says why: %s',
    async (line, context) => {
      const run = await started(context, answerOf(`${line}\nserver_login_retry = 1\n`));
      await expectValues(run, { server_login_retry: '5' });
      expect(run.container.log()).toMatch(
        /rekindle: PgBouncer refuses these settings \(.+\): .*server_login_retry = 1/,
      );
    },
  );

  test.for(['openssl', 'awk', 'mktemp'])('starts in an image without %s', async (missing, context) => {
    const run = await started(context, answerOf(quick), { without: [missing] });
    await expectValues(run, { server_login_retry: '5' });
    expect(run.container.log()).toContain(`rekindle: there is no ${missing} in this image`);
  });

  test('leaves it to PgBouncer to refuse what the image itself gives it', async (context) => {
    const run = await started(context, answerOf(quick), { template: '[pgbouncer-not\n' });
    await vi.waitFor(() => expect(run.container.log()).toContain('FATAL cannot load config file'), 15_000);
  });

  test('does its work with the programs of Alpine', async (context) => {
    skipWhen(context, busybox === '' ? 'there is no busybox' : undefined);
    const alpine = { shell: [busybox, 'sh'], applets: busybox };
    const run = await started(context, answerOf(quick), alpine);
    await expectValues(run, { server_login_retry: '1' });
    expect(run.container.log()).toContain('settings from ConfigMap');
    run.api.answer = { status: 404, body: notFound };
    await expectValues(run, { server_login_retry: '5' });
  });
});
