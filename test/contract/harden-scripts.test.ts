import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';

import { describe, expect, onTestFinished, test, type TestContext } from 'vitest';

import { guardCommand, guardTools } from '../../src/harden/scripts/append-only-guard.ts';
import { waitCommand, waiterFor, type Waiter, type WaitTarget } from '../../src/harden/scripts/wait.ts';
import { AppendOnlyScan } from '../../src/domain/append-only-scan.ts';
import { labAppRoot } from '../fakes/lab-program.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function run([file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const child = execFile(file, args, { env }, (_error, out, error) =>
    resolve({ code: child.exitCode, out, error }),
  );
  return promise;
}

const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
const found = (tool: string) => folders.map((folder) => join(folder, tool)).find((file) => existsSync(file));

const lacks = (...tools: readonly string[]) => {
  const missing = tools.filter((tool) => found(tool) === undefined);
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
};

/** A server that accepts connections after a while, on a port that refuses them before. */
async function lateServer(afterMs: number): Promise<number> {
  const server = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const timer = setTimeout(() => server.listen(port, '127.0.0.1'), afterMs);
  onTestFinished(() => {
    clearTimeout(timer);
    server.close();
  });
  return port;
}

const needs: Readonly<Record<Waiter, readonly string[]>> = {
  python3: ['python3'],
  bash: ['bash', 'timeout'],
  getent: ['sh', 'getent'],
};

const wait = (waiter: Waiter, targets: readonly WaitTarget[], seconds: number) =>
  run(waitCommand(waiter, targets, seconds));

describe('waiting for dependencies', () => {
  test.for(['python3', 'bash'] as const)(
    '%s waits until a port takes connections',
    async (waiter, context) => {
      skipWhen(context, lacks(...needs[waiter]));
      const port = await lateServer(1500);
      const start = performance.now();
      const { code, out, error } = await wait(waiter, [{ host: '127.0.0.1', port }], 20);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(performance.now() - start).toBeGreaterThan(1400);
      expect(out).toContain(`waiting for 127.0.0.1:${port}`);
    },
  );

  test.for(['python3', 'bash'] as const)(
    '%s ends with a message when nothing listens in time',
    async (waiter, context) => {
      skipWhen(context, lacks(...needs[waiter]));
      const port = await lateServer(60_000);
      const { code, error } = await wait(waiter, [{ host: '127.0.0.1', port }], 1);
      expect(code).toBe(1);
      expect(error).toMatch(new RegExp(`^127\\.0\\.0\\.1:${port} is not there after 1 s`));
    },
  );

  test.for(['python3', 'getent'] as const)('%s is content with an address', async (waiter, context) => {
    skipWhen(context, lacks(...needs[waiter]));
    expect(await wait(waiter, [{ host: 'localhost' }], 5)).toMatchObject({ code: 0, error: '' });
  });

  test.for(['python3', 'getent'] as const)(
    '%s ends with a message when a name has no address',
    async (waiter, context) => {
      skipWhen(context, lacks(...needs[waiter]));
      const { code, error } = await wait(waiter, [{ host: 'nobody.invalid' }], 1);
      expect(code).toBe(1);
      expect(error).toMatch(/nobody\.invalid .*after 1 s/);
    },
  );

  test('every target is waited for within one deadline', async (context) => {
    skipWhen(context, lacks('python3'));
    const [one, other] = [await lateServer(500), await lateServer(60_000)];
    const targets = [one, other].map((port) => ({ host: '127.0.0.1', port }));
    const { code, error } = await wait('python3', targets, 2);
    expect(code).toBe(1);
    expect(error).toContain(`127.0.0.1:${other}`);
  });

  test('the program is chosen by what the image has and by what is waited for', () => {
    const port: WaitTarget = { host: 'db', port: 5432 };
    const all = Object.values(needs).flat().concat('sleep', 'date');
    expect(waiterFor(all, [port])).toBe('python3');
    expect(waiterFor(['bash', 'timeout', 'sleep'], [port])).toBe('bash');
    expect(waiterFor(['bash', 'timeout', 'sleep'], [{ host: 'db' }])).toBeUndefined();
    expect(waiterFor(['sh', 'getent', 'date', 'sleep'], [{ host: 'db' }])).toBe('getent');
    expect(waiterFor(['sh', 'getent', 'date', 'sleep'], [port])).toBeUndefined();
    expect(waiterFor([], [port])).toBeUndefined();
  });
});

const command = (...words: readonly string[]) =>
  Buffer.from(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
const whole = Buffer.concat([command('SELECT', '0'), command('SET', 'a', '1')]);
const name = 'appendonly.aof.1.incr.aof';
const manifest = `file appendonly.aof.1.base.rdb seq 1 type b\nfile ${name} seq 1 type i\n`;

/** A folder of Redis with this newest file, and an environment in which Redis's own check can be called. */
function redisFolder(context: TestContext, contents: Buffer, lines = manifest) {
  const root = labAppRoot();
  const own = found('redis-check-aof');
  const loader = root === undefined ? '' : join(root, 'lib64/ld-linux-x86-64.so.2');
  const lacking =
    own === undefined && !existsSync(loader) ? 'needs redis-check-aof (package redis-tools)' : undefined;
  skipWhen(context, lacking ?? lacks('sh', ...guardTools.filter((tool) => tool !== 'redis-check-aof')));
  const folder = temporaryFolder();
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  if (own === undefined && root !== undefined) {
    const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
    const wrapper = `#!/bin/sh\nexec ${loader} --argv0 redis-check-aof --library-path ${libraries} ${root}/usr/bin/redis-check-aof "$@"\n`;
    writeFileSync(join(programs, 'redis-check-aof'), wrapper, { mode: 0o755 });
  }
  const data = join(folder, 'appendonlydir');
  mkdirSync(data);
  writeFileSync(join(data, 'appendonly.aof.manifest'), lines);
  writeFileSync(join(data, name), contents, { mode: 0o640 });
  const guard = (
    env: NodeJS.ProcessEnv = { ...process.env, PATH: `${programs}:${process.env['PATH'] ?? ''}` },
  ) => run(guardCommand(data, 'appendonly.aof'), env);
  const copies = () => readdirSync(data).filter((entry) => entry.includes('.rekindle-'));
  return { data, programs, guard, copies, newest: () => readFileSync(join(data, name)) };
}

function scanned(contents: Buffer) {
  const scan = new AppendOnlyScan();
  scan.push(contents);
  return scan.end();
}

describe('the guard of the append-only file', () => {
  test('cuts NUL bytes behind the last complete command, after a copy', async (context) => {
    const damaged = Buffer.concat([whole, Buffer.alloc(4096)]);
    const { guard, newest, copies, data } = redisFolder(context, damaged);
    const { code, out } = await guard();
    expect(code, out).toBe(0);
    expect(newest().equals(whole)).toBe(true);
    const [copy = ''] = copies();
    expect(copy).toMatch(/^appendonly\.aof\.1\.incr\.aof\.rekindle-\d{8}T\d{6}Z$/);
    expect(readFileSync(join(data, copy)).equals(damaged)).toBe(true);
    expect(statSync(join(data, name)).mode & 0o777).toBe(0o640);
    expect(out).toContain(
      `cut 4096 NUL bytes off ${name} at byte ${whole.length}; the whole file is kept as`,
    );
    // The program's own judgement of the same file: what the guard cuts the step would cut, at the same byte.
    expect(scanned(damaged)).toEqual({ size: damaged.length, validUpTo: whole.length, tail: 'nul' });
    expect(scanned(newest()).tail).toBe('none');
    expect((await guard()).out).toContain('is whole');
    expect(copies()).toHaveLength(1);
  });

  const multi = command('MULTI');
  const half = Buffer.from('*3\r\n$3\r\nSE');
  test.for([
    ['is whole', whole],
    ['is empty', Buffer.alloc(0)],
    ['ends in half a command', Buffer.concat([whole, half])],
    ['ends in half a command and NUL bytes', Buffer.concat([whole, half, Buffer.alloc(50)])],
    ['ends in an open transaction', Buffer.concat([whole, multi, command('SET', 'b', '2')])],
    ['ends in an open transaction and NUL bytes', Buffer.concat([whole, multi, Buffer.alloc(50)])],
    ['has NUL bytes and then more', Buffer.concat([whole, Buffer.alloc(50), command('SET', 'b', '2')])],
    ['has something else behind it', Buffer.concat([whole, Buffer.from('hello')])],
    ['is nothing but NUL bytes', Buffer.alloc(100)],
  ] as const)('leaves a file alone that %s', async ([, contents], context) => {
    const { guard, newest, copies } = redisFolder(context, contents);
    const { code, out } = await guard();
    expect(code, out).toBe(0);
    expect(newest().equals(contents)).toBe(true);
    expect(copies()).toEqual([]);
  });

  test.for([
    ['no incremental file', 'file appendonly.aof.1.base.rdb seq 1 type b\n'],
    ['a file elsewhere', `file ../${name} seq 1 type i\n`],
    ['a name of another kind', 'file users.txt seq 1 type i\n'],
  ] as const)('leaves everything alone when the manifest names %s', async ([, lines], context) => {
    const damaged = Buffer.concat([whole, Buffer.alloc(100)]);
    const { guard, newest } = redisFolder(context, damaged, lines);
    const { code, out } = await guard();
    expect({ code, isSame: newest().equals(damaged) }).toEqual({ code: 0, isSame: true });
    expect(out).toContain('nothing was changed');
  });

  test('cuts nothing when no copy can be made, and leaves no half of one', async (context) => {
    const damaged = Buffer.concat([whole, Buffer.alloc(100)]);
    const { guard, newest, copies, programs } = redisFolder(context, damaged);
    writeFileSync(join(programs, 'cp'), '#!/bin/sh\nhead -c 10 "$2" > "$3"\nexit 1\n', { mode: 0o755 });
    const { code, out } = await guard();
    expect({ code, copies: copies(), isSame: newest().equals(damaged) }).toEqual({
      code: 0,
      copies: [],
      isSame: true,
    });
    expect(out).toContain('no copy');
  });

  test('cuts nothing when the copy is not what the file is', async (context) => {
    const damaged = Buffer.concat([whole, Buffer.alloc(100)]);
    const { guard, newest, copies, programs } = redisFolder(context, damaged);
    writeFileSync(join(programs, 'cp'), '#!/bin/sh\nhead -c 10 "$2" > "$3"\n', { mode: 0o755 });
    await guard();
    expect({ copies: copies(), isSame: newest().equals(damaged) }).toEqual({ copies: [], isSame: true });
  });

  test('says which program is missing and lets Redis look for itself', async (context) => {
    const damaged = Buffer.concat([whole, Buffer.alloc(100)]);
    const { guard, newest, programs } = redisFolder(context, damaged);
    const sh = found('sh') ?? '';
    const bare = join(programs, 'bare');
    mkdirSync(bare);
    symlinkSync(sh, join(bare, 'sh'));
    const { code, out } = await guard({ PATH: bare });
    expect({ code, isSame: newest().equals(damaged) }).toEqual({ code: 0, isSame: true });
    expect(out).toContain('there is no redis-check-aof in this image');
  });
});
