import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { eventually } from '../../lab/source/eventually.ts';
import { poolerIni, poolerObjects } from '../../src/migrate/pooler.ts';
import { freePort } from '../fakes/free-port.ts';
import { readableFolder, realPgbouncer, startPgbouncer, writeReadable } from '../fakes/real-pgbouncer.ts';
import { noPostgres, realPostgres, type RealPostgres } from '../fakes/real-postgres.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const pooler = realPgbouncer();
const folder = readableFolder();

interface Running {
  readonly postgres: RealPostgres;
  /** Starts PgBouncer with the generated settings; its port, and what it has said so far. */
  readonly start: (authority: string) => Promise<{ readonly port: number; readonly said: () => string }>;
}

const found: { running?: Running } = {};
const children: ReturnType<typeof startPgbouncer>[] = [];

const plan = {
  namespace: 'shop',
  cluster: '127.0.0.1',
  instances: 2,
  mode: 'transaction',
  databases: ['shop'],
};

/** The generated settings with the folders and ports of this test. */
function settings(database: number, port: number): string {
  return poolerIni(plan)
    .replace('listen_addr = 0.0.0.0', 'listen_addr = 127.0.0.1')
    .replace('listen_port = 5432', `listen_port = ${port}`)
    .replace('host=127.0.0.1 port=5432', `host=127.0.0.1 port=${database}`)
    .replaceAll('/etc/pgbouncer-users', folder)
    .replaceAll('/etc/pgbouncer-ca', folder)
    .replaceAll('/tls/', `${folder}/`);
}

beforeAll(async () => {
  const { program } = pooler;
  if (noPostgres !== undefined || program === undefined) return;
  const database = await freePort();
  const postgres = await realPostgres(database);
  postgres.run('createdb', ['shop']);
  postgres.run('psql', ['-X', '-q', '-d', 'shop'], `CREATE ROLE app LOGIN PASSWORD 'a-password'`);
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=pooler'];
  execFileSync(
    'openssl',
    [...request, '-keyout', path.join(folder, 'tls.key'), '-out', path.join(folder, 'tls.crt')],
    { stdio: 'pipe' },
  );
  execFileSync('chmod', ['644', path.join(folder, 'tls.key')]);
  writeReadable(path.join(folder, 'userlist.txt'), '"app" "a-password"\n');
  const start = async (authority: string) => {
    const port = await freePort();
    writeReadable(path.join(folder, 'ca.pem'), authority);
    const file = writeReadable(path.join(folder, `${port}.ini`), settings(database, port));
    const child = startPgbouncer(program, [file], folder);
    children.push(child);
    const said: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk));
    await eventually(
      10_000,
      `start of PgBouncer: ${said.join('')}`,
      () => Promise.resolve(said.join('').includes('process up')),
      50,
    );
    return { port, said: () => said.join('') };
  };
  found.running = { postgres, start };
}, 60_000);

afterAll(async () => {
  for (const child of children) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  await found.running?.postgres.stop();
});

function running(context: TestContext): Running {
  skipWhen(context, noPostgres ?? pooler.lacking);
  if (found.running === undefined) throw new Error('nothing was started');
  return found.running;
}

const ask = ({ postgres }: Running, port: number, mode: string, password = 'a-password') =>
  postgres
    .run(
      'psql',
      [
        '-X',
        '-At',
        '-h',
        '127.0.0.1',
        '-p',
        `${port}`,
        '-U',
        'app',
        '-d',
        'shop',
        '-c',
        'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      ],
      undefined,
      {
        PGSSLMODE: mode,
        PGPASSWORD: password,
        PGCONNECT_TIMEOUT: '3',
      },
    )
    .toString()
    .trim();

describe('the pooler before a managed database', () => {
  test('lets the application in by TLS and its password, and reaches the database by TLS', async (context) => {
    const all = running(context);
    const { port } = await all.start(all.postgres.authority ?? '');
    expect(ask(all, port, 'require')).toBe('t');
    expect(() => ask(all, port, 'disable')).toThrow(/SSL required/);
    expect(() => ask(all, port, 'require', 'another')).toThrow(/authentication failed/);
  });

  test('reaches no database whose certificate another authority has signed', async (context) => {
    const all = running(context);
    const other = execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=other',
        '-keyout',
        '/dev/null',
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const { port, said } = await all.start(other);
    // Its clients wait as for a database that is down; the log says why.
    expect(() => ask(all, port, 'require')).toThrow(/timeout expired/);
    await expect.poll(said, { timeout: 5000 }).toMatch(/certificate verify failed/);
  });

  test('shares the operator’s number of connections among its instances', () => {
    expect(poolerIni(plan)).toContain('max_db_connections = 30');
    expect(poolerIni({ ...plan, instances: 100 })).toContain('max_db_connections = 1');
    expect(poolerObjects(plan).map(({ kind }) => kind)).toEqual(['ConfigMap', 'Deployment', 'Service']);
  });
});
