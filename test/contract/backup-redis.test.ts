import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { outputText, script } from '../../src/backup/program-output.ts';
import { checkRdb, keyCount, rdbOf } from '../../src/backup/redis/rdb.ts';
import { labContainers, noLabContainer, type LabContainers } from '../fakes/lab-container.ts';
import { freePort } from '../fakes/free-port.ts';
import { skipWhen } from '../fakes/skip-when.ts';

let redis = { namespace: 'shop', pod: 'redis-0', container: 'redis', port: 0 };
let containers: LabContainers;

/** Runs a script beside the server; its programs find it as they would in a container that is set up for it. */
const run = (text: string) =>
  outputText(containers, { ...redis, argv: script('redis', text, String(redis.port)) });

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  redis = { ...redis, port: await freePort() };
  containers = labContainers();
  await run(
    `redis-server --port "$1" --bind 127.0.0.1 --dir /tmp --save '' --daemonize yes --pidfile /tmp/redis.pid >/tmp/redis.log
     until redis-cli -p "$1" PING >/dev/null 2>&1; do sleep 0.05; done
     seq 1 20000 | sed 's/.*/SET key:& value-of-&/' | redis-cli -p "$1" >/dev/null
     redis-cli -p "$1" -n 3 LPUSH queue a b c >/dev/null`,
  );
}, 60_000);

afterAll(async () => {
  if (noLabContainer !== undefined) return;
  await run('redis-cli -p "$1" SHUTDOWN NOSAVE');
  containers.remove();
});

test('a copy has every key and ends where its checksum ends', async (context) => {
  skipWhen(context, noLabContainer);
  expect(await keyCount(containers, redis)).toBe(20_001);
  const copy = await buffer(Readable.from(rdbOf(containers, redis)));
  expect(copy.subarray(0, 5).toString()).toBe('REDIS');
  // Behind the end-of-file code 0xFF there are eight bytes of checksum and nothing else.
  expect(copy.at(-9)).toBe(0xff);
  expect(await checkRdb(containers, redis, Readable.from([copy]))).toEqual({ keys: 20_001 });
});

test.each<[string, (copy: Buffer) => Buffer]>([
  ['is cut off', (copy) => copy.subarray(0, copy.length >> 1)],
  [
    'has a bit that is wrong',
    (copy) => Buffer.from(copy.map((byte, at) => (at === copy.length - 2000 ? byte ^ 1 : byte))),
  ],
  ['is empty', () => Buffer.alloc(0)],
])('a copy that %s is told', async (_name, spoil) => {
  if (noLabContainer !== undefined) return;
  const copy = await buffer(Readable.from(rdbOf(containers, redis)));
  await expect(checkRdb(containers, redis, Readable.from([spoil(copy)]))).rejects.toThrow(/redis-c/);
});

test('a Redis that does not answer gives no copy', async (context) => {
  skipWhen(context, noLabContainer);
  const elsewhere = { ...redis, port: await freePort() };
  await expect(buffer(Readable.from(rdbOf(containers, elsewhere)))).rejects.toThrow(/Could not connect/);
});
