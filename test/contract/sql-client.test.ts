import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sqlClient } from '../../src/adapters/databases/sql-client.ts';
import type { Login, QueryResult } from '../../src/ports/database.ts';
import { fakePostgres, type FakePostgres } from '../fakes/postgres-server.ts';

const statements = ['SHOW DNS_HOSTS', 'RECONNECT'];

const noPod = () => Promise.reject(new Error('pods "db-0" not found'));

async function query(behaviour: FakePostgres, login: Partial<Login> = {}): Promise<QueryResult> {
  const server = await fakePostgres(behaviour);
  const full = { user: 'pooler', password: 'p', database: 'pgbouncer', stream: server.stream, ...login };
  const result = await sqlClient.query(full, statements, 300);
  await vi.waitFor(() => expect(server.open()).toBe(0));
  return result;
}

describe('SQL client', () => {
  it('runs the statements in order on one connection and gives the rows of the last, as text', async () => {
    const asked: string[] = [];
    const result = await query({
      answer: (sql) => {
        asked.push(sql);
        return [['1', null, 't']];
      },
    });
    expect(result).toEqual({ ok: true, rows: [{ c0: '1', c1: null, c2: 't' }] });
    expect(asked).toEqual(statements);
  });

  it('gives no rows for a command', async () => {
    expect(await query({ answer: () => [] })).toEqual({ ok: true, rows: [] });
  });

  it('sends nothing of the environment', async () => {
    vi.stubEnv('PGOPTIONS', '-c search_path=evil');
    vi.stubEnv('PGSSLMODE', 'require');
    vi.stubEnv('PGAPPNAME', 'other');
    onTestFinished(() => void vi.unstubAllEnvs());
    const server = await fakePostgres({});
    await sqlClient.query({ user: 'u', password: 'p', database: 'd', stream: server.stream }, [], 300);
    expect(server.startups).toEqual([expect.not.stringMatching(/evil|other/)]);
    expect(server.startups[0]).toMatch(/user u database d .*application_name rekindle/);
  });

  it.each([
    [
      'a refused login',
      { refuse: ['28P01', 'wrong password'] },
      { code: '28P01', message: 'wrong password' },
    ],
    ['an SQL error', { answer: () => ({ code: '42601' }) }, { code: '42601', message: 'no' }],
    [
      'a server that dies',
      { answer: () => 'close' },
      { message: expect.stringMatching(/terminated|ECONNRESET|closed/) },
    ],
    ['a stranger', { tls: 'X' }, { message: 'what answers does not speak the PostgreSQL protocol' }],
    ['silence', { tls: 'nothing' }, { message: 'no answer within 300 ms' }],
    [
      'an end before the login',
      { tls: 'close' },
      { message: expect.stringMatching(/closed before the login|ECONNRESET|aborted/) },
    ],
    ['TLS that is promised and not spoken', { tls: 'S' }, { message: 'no answer within 300 ms' }],
  ] satisfies readonly (readonly [string, FakePostgres, object])[])(
    'tells %s',
    async (_what, behaviour, error) => {
      expect(await query(behaviour)).toEqual({ ok: false, error });
    },
  );

  it('tells a stream that cannot be opened', async () => {
    expect(await query({}, { stream: noPod })).toEqual({
      ok: false,
      error: { message: 'pods "db-0" not found' },
    });
  });

  it('does not wait for a stream that opens too late, and destroys it then', async () => {
    const { promise, resolve } = Promise.withResolvers<PassThrough>();
    const result = await query({}, { stream: () => promise });
    expect(result).toEqual({ ok: false, error: { message: 'no answer within 300 ms' } });
    const late = new PassThrough();
    resolve(late);
    await vi.waitFor(() => expect(late.destroyed).toBe(true));
  });
});
