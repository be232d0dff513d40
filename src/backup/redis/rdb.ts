import { z } from 'zod';

import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import { assertSuccess, outputText, ProgramFailed, script, withInput } from '../program-output.ts';

/** A Redis server in a container. Its programs find its address and password as the container is set up. */
export interface RedisInPod {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Where it listens; undefined: where redis-cli looks by itself. */
  readonly port?: number;
}

function redisCli(
  { namespace, pod, container, port }: RedisInPod,
  ...words: readonly string[]
): ProgramInPod {
  const address = port === undefined ? [] : ['-p', String(port)];
  return { namespace, pod, container, argv: ['redis-cli', ...address, ...words] };
}

/** Behind a transfer that Redis makes without a file of its own comes a mark of this length, bytes (redis-cli.c, RDB_EOF_MARK_SIZE). */
const markBytes = 40;

const said = z.coerce.number().int().min(0);

/** How many bytes of RDB were sent, as redis-cli says it on standard error. */
function sentBytes(complaint: string): number | undefined {
  const [, count] = /success after (\d+) bytes/.exec(complaint) ?? [];
  return count === undefined ? undefined : said.parse(count);
}

function failed(program: ProgramInPod, cause: string): ProgramFailed {
  return new ProgramFailed({
    what: 'redis-cli gave no whole copy',
    cause,
    place: `pod ${program.namespace}/${program.pod}`,
    next: 'Run it again.',
  });
}

/**
 * `redis-cli --rdb -`: everything that Redis holds at one moment, in its own format, as a replica gets it; Redis forks for it. The
 * mark behind it, which redis-cli cannot cut off what it writes to a stream, is left out.
 */
export async function* rdbOf(programs: PodPrograms, redis: RedisInPod): AsyncGenerator<Buffer> {
  const program = redisCli(redis, '--rdb', '-');
  const running = await programs.start(program);
  try {
    let [held, given] = [Buffer.alloc(0), 0];
    for await (const chunk of running.output as AsyncIterable<Buffer>) {
      held = Buffer.concat([held, chunk]);
      const ready = held.subarray(0, Math.max(0, held.length - markBytes));
      held = held.subarray(ready.length);
      given += ready.length;
      if (ready.length > 0) yield ready;
    }
    const end = await running.ended;
    assertSuccess(program, end);
    const rest = (sentBytes(end.complaint) ?? given + held.length) - given;
    if (rest < 0 || rest > held.length)
      throw failed(program, `${given + held.length} bytes came: ${end.complaint}`);
    if (rest > 0) yield held.subarray(0, rest);
  } finally {
    running.stop();
  }
}

/** Number of keys that Redis has now, over all of its databases. */
export async function keyCount(programs: PodPrograms, redis: RedisInPod): Promise<number> {
  const text = await outputText(programs, redisCli(redis, 'INFO', 'keyspace'));
  return [...text.matchAll(/^db\d+:keys=(\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Whose data a Redis holds. */
export interface Replication {
  readonly isPrimary: boolean;
  /** A primary and all that replicate it have the same one. */
  readonly id: string;
}

/** What a Redis says of itself (redis.io, INFO, "replication": `role` and `master_replid`). Throws ProgramFailed. */
export async function replicationOf(programs: PodPrograms, redis: RedisInPod): Promise<Replication> {
  const program = redisCli(redis, 'INFO', 'replication');
  const text = await outputText(programs, program);
  const [, role] = /^role:(\w+)/m.exec(text) ?? [];
  const [, id] = /^master_replid:(\w+)/m.exec(text) ?? [];
  if (role === undefined || id === undefined) throw failed(program, text.split('\n', 1)[0] ?? '');
  return { isPrimary: role === 'master', id };
}

/** What Redis's own checker says of a copy: every value was read and the checksum fits. */
export interface CheckedRdb {
  readonly keys: number;
}

/** A pipe, because the checker opens its input by name, which a socket has not; it says everything on standard output. */
const check = `out=$(cat | redis-check-rdb /dev/stdin 2>&1); code=$?
if [ "$code" -eq 0 ]; then echo "$out" | tail -n 5
else { echo "$out" | grep -A 1 'RDB ERROR' || echo "$out"; } | tail -n 1 >&2; exit "$code"; fi`;

/** Reads a copy with `redis-check-rdb` in a container of Redis, which keeps none of it. Throws ProgramFailed with its words. */
export async function checkRdb(
  programs: PodPrograms,
  { namespace, pod, container }: RedisInPod,
  plain: AsyncIterable<Buffer>,
): Promise<CheckedRdb> {
  const program: ProgramInPod = { namespace, pod, container, argv: script('redis-check-rdb', check) };
  const text = await withInput(programs, program, plain);
  const [, keys] = /(\d+) keys read/.exec(text) ?? [];
  if (keys === undefined) throw failed(program, text.split('\n').at(-2) ?? text);
  return { keys: Number(keys) };
}
