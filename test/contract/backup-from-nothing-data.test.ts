import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { systemClock } from '../../src/adapters/system-clock.ts';
import { restoreRoles } from '../../src/backup/from-nothing/restore-roles.ts';
import { restoreWholeDatabase } from '../../src/backup/from-nothing/restore-whole-database.ts';
import type { DatabaseDetails } from '../../src/backup/manifest.ts';
import { PsqlSession, type ServerInPod } from '../../src/backup/postgres/psql-session.ts';
import { ScratchServer, type NeededServer } from '../../src/backup/postgres/scratch-server.ts';
import { rolesOf } from '../../src/backup/postgres/snapshot.ts';
import { outputText, script, wholeOutput } from '../../src/backup/program-output.ts';
import { keyCount, rdbOf } from '../../src/backup/redis/rdb.ts';
import { restoreRdb } from '../../src/backup/redis/restore-rdb.ts';
import { freePort } from '../fakes/free-port.ts';
import { labContainers, noLabContainer, type LabContainers } from '../fakes/lab-container.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { takenDatabase } from '../fakes/taken-database.ts';

const needed: NeededServer = {
  binaries: '/usr/lib/postgresql/15/bin',
  preloaded: '',
  superuser: 'postgres',
};
const place = (pod: string) => ({ namespace: 'shop', pod, container: 'postgres', folder: '/tmp/scratch' });

interface Backup {
  readonly details: DatabaseDetails;
  readonly dump: Buffer;
  readonly roles: Buffer;
}

let containers: LabContainers;
let backup: Backup;

async function run(server: ServerInPod, database: string, ...statements: readonly string[]): Promise<void> {
  const session = await PsqlSession.open(containers, server, database);
  try {
    for (const statement of statements) await session.run(statement);
  } finally {
    session.close();
  }
}

async function texts(server: ServerInPod, database: string, sql: string): Promise<readonly string[]> {
  const session = await PsqlSession.open(containers, server, database);
  try {
    return (await session.query(sql, z.object({ text: z.string() }))).map(({ text }) => text);
  } finally {
    session.close();
  }
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** A backup of a shop, of a server that goes again. */
async function takeBackup(): Promise<Backup> {
  const source = await ScratchServer.start(containers, place('source'), needed);
  try {
    await run(
      source.server,
      'postgres',
      "CREATE ROLE jewelry_app LOGIN CREATEDB PASSWORD 'of the Secret'",
      "CREATE ROLE \"re'porting\" LOGIN PASSWORD 'of a person'",
      'GRANT jewelry_app TO "re\'porting"',
      'ALTER ROLE jewelry_app SET search_path = goods, public',
      'CREATE DATABASE jewelry_shop OWNER jewelry_app',
      "ALTER DATABASE jewelry_shop SET timezone = 'Asia/Kolkata'",
      'GRANT CONNECT ON DATABASE jewelry_shop TO "re\'porting"',
    );
    await run(
      source.server,
      'jewelry_shop',
      'CREATE TABLE public.orders (id int PRIMARY KEY, ref text)',
      "INSERT INTO public.orders SELECT n, 'order ' || n FROM generate_series(1, 3000) n",
    );
    const { details, dump } = await takenDatabase(containers, source.server, 'jewelry_shop');
    const roles = await buffer(Readable.from(wholeOutput(containers, rolesOf(source.server))));
    return { details, dump, roles };
  } finally {
    await source.stop();
  }
}

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  containers = labContainers();
  backup = await takeBackup();
}, 120_000);

afterAll(() => {
  if (noLabContainer === undefined) containers.remove();
});

/** A server as the operator leaves it: roles with the passwords of the Secrets, an empty database. */
async function withNewServer(pod: string, use: (server: ServerInPod) => Promise<void>): Promise<void> {
  const made = await ScratchServer.start(containers, place(pod), needed);
  try {
    await run(
      made.server,
      'postgres',
      "CREATE ROLE jewelry_app LOGIN PASSWORD 'of the Secret, salted anew'",
      'CREATE DATABASE jewelry_shop OWNER jewelry_app',
    );
    await use(made.server);
  } finally {
    await made.stop();
  }
}

const restore = (server: ServerInPod, wasBegun = false) =>
  restoreWholeDatabase({ programs: containers, clock: systemClock }, server, {
    details: backup.details,
    plain: () => one(backup.dump),
    wasBegun,
  });

const passwords = `SELECT rolname || ' ' || coalesce(rolpassword, '-') AS text FROM pg_catalog.pg_authid
  WHERE rolname IN ('jewelry_app', 're''porting', 'postgres') ORDER BY 1`;

test('roles and a database come into a server that has some of both already, twice', async (context) => {
  skipWhen(context, noLabContainer);
  await withNewServer('new-1', async (server) => {
    const [before] = await texts(server, 'postgres', passwords);
    for (let time = 0; time < 2; time++) {
      await restoreRoles(containers, server, one(backup.roles));
      const { differences } = await restore(server);
      expect(differences).toEqual([]);
    }
    const after = await texts(server, 'postgres', passwords);
    // The operator's role has the password that the operator gave it; the person's comes from the backup.
    expect(after[0]).toBe(before);
    expect(backup.roles.toString()).toContain(after.at(-1)?.split(' ').at(-1));
    expect(await texts(server, 'jewelry_shop', "SELECT current_setting('timezone') AS text")).toEqual([
      'UTC',
    ]);
    const settings = `SELECT unnest(setconfig) AS text FROM pg_catalog.pg_db_role_setting ORDER BY 1`;
    expect(await texts(server, 'postgres', settings)).toEqual([
      'TimeZone=Asia/Kolkata',
      'search_path=goods, public',
    ]);
    const members = `SELECT pg_get_userbyid(member) AS text FROM pg_catalog.pg_auth_members WHERE roleid = 'jewelry_app'::regrole`;
    expect(await texts(server, 'postgres', members)).toEqual(["re'porting"]);
  });
}, 120_000);

test('a database with rows of somebody is refused and left alone', async (context) => {
  skipWhen(context, noLabContainer);
  await withNewServer('new-2', async (server) => {
    await run(
      server,
      'jewelry_shop',
      'CREATE TABLE public.orders (id int)',
      'INSERT INTO public.orders VALUES (1)',
    );
    await expect(restore(server)).rejects.toThrow(/rows already/);
    expect(await texts(server, 'jewelry_shop', 'SELECT count(*)::text AS text FROM public.orders')).toEqual([
      '1',
    ]);
  });
}, 120_000);

test('what a restore that was killed has left is set aside, and the database is whole', async (context) => {
  skipWhen(context, noLabContainer);
  await withNewServer('new-3', async (server) => {
    await restoreRoles(containers, server, one(backup.roles));
    await run(
      server,
      'jewelry_shop',
      'CREATE TABLE public.orders (id int)',
      'INSERT INTO public.orders VALUES (1)',
    );
    const { differences, notes } = await restore(server, true);
    expect(differences).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/kept as jewelry_shop_half_\d+$/)]);
    expect((await restore(server, true)).notes).toEqual(['it was restored already']);
  });
}, 120_000);

test('a dump that is cut off restores nothing that would be used', async (context) => {
  skipWhen(context, noLabContainer);
  await withNewServer('new-4', async (server) => {
    await restoreRoles(containers, server, one(backup.roles));
    const cut = { ...backup, dump: backup.dump.subarray(0, backup.dump.length >> 1) };
    const restoring = restoreWholeDatabase({ programs: containers, clock: systemClock }, server, {
      details: cut.details,
      plain: () => one(cut.dump),
      wasBegun: false,
    });
    await expect(restoring).rejects.toThrow(/pg_restore/);
    expect((await restore(server, true)).differences).toEqual([]);
  });
}, 120_000);

const redis = (pod: string, port: number) => ({ namespace: 'shop', pod, container: 'redis', port });

const sh = (pod: string, text: string, port: number) =>
  outputText(containers, {
    namespace: 'shop',
    pod,
    container: 'redis',
    argv: script('redis', text, String(port)),
  });

test('a Redis that runs with an append-only file gets every key of a copy, also after a restart', async (context) => {
  skipWhen(context, noLabContainer);
  const [from, to, second] = [await freePort(), await freePort(), await freePort()];
  const start = `mkdir -p /tmp/data; redis-server --port "$1" --bind 127.0.0.1 --dir /tmp/data --save '' --appendonly yes --appendfsync everysec --daemonize yes >/tmp/redis.log
    until redis-cli -p "$1" PING >/dev/null 2>&1; do sleep 0.05; done`;
  await sh('redis-from', start, from);
  await sh('redis-to', start, to);
  try {
    await sh(
      'redis-from',
      `seq 1 5000 | sed 's/.*/SET key:& value-of-&/' | redis-cli -p "$1" >/dev/null; redis-cli -p "$1" -n 3 LPUSH celery a b c`,
      from,
    );
    const copy = await buffer(Readable.from(rdbOf(containers, redis('redis-from', from))));
    for (let time = 0; time < 2; time++) {
      const restored = await restoreRdb(containers, redis('redis-to', to), {
        plain: one(copy),
        bytes: copy.length,
        port: second,
      });
      expect(restored).toEqual({ copied: 5001, there: 5001 });
    }
    expect((await sh('redis-to', 'redis-cli -p "$1" ROLE', to)).split('\n')[0]).toBe('master');
    await sh('redis-to', `redis-cli -p "$1" SHUTDOWN; ${start}`, to);
    expect(await keyCount(containers, redis('redis-to', to))).toBe(5001);
    expect((await sh('redis-to', 'redis-cli -p "$1" GET key:77', to)).trim()).toBe('value-of-77');
    expect((await sh('redis-to', 'ls /tmp | grep -c rekindle-restore; true', to)).trim()).toBe('0');
  } finally {
    await sh('redis-from', 'redis-cli -p "$1" SHUTDOWN NOSAVE', from);
    await sh('redis-to', 'redis-cli -p "$1" SHUTDOWN NOSAVE', to);
  }
}, 120_000);

test.each([
  ['masterauth', `--masterauth 'p"a\\ss w'`],
  ['masteruser and masterauth', `--masteruser copier --masterauth 's3cret-of-masters'`],
])(
  'a Redis that logs in at its primary (%s) is restored as well',
  async (_name, settings) => {
    if (noLabContainer !== undefined) return;
    const [port, second] = [await freePort(), await freePort()];
    const pod = 'redis-with-masterauth';
    await sh(
      pod,
      `rm -rf /tmp/data; mkdir -p /tmp/data
      redis-server --port "$1" --bind 127.0.0.1 --dir /tmp/data --save '' ${settings} --daemonize yes >/tmp/redis.log
      until redis-cli -p "$1" PING >/dev/null 2>&1; do sleep 0.05; done
      redis-cli -p "$1" SET key value`,
      port,
    );
    try {
      const copy = await buffer(Readable.from(rdbOf(containers, redis(pod, port))));
      await sh(pod, 'redis-cli -p "$1" FLUSHALL', port);
      const restored = await restoreRdb(containers, redis(pod, port), {
        plain: one(copy),
        bytes: copy.length,
        port: second,
      });
      expect(restored).toEqual({ copied: 1, there: 1 });
    } finally {
      await sh(pod, 'redis-cli -p "$1" SHUTDOWN NOSAVE', port);
    }
  },
  30_000,
);
