import { expect, test } from 'vitest';

import { container, now, pod } from '../../../test/fakes/observation.ts';
import { redis } from '../../../test/fakes/redis-on-a-node.ts';
import { damagedFileName } from '../../domain/append-only-file.ts';
import { KeptAnswers } from '../kept-answers.ts';
import type { ObserveContext } from '../context.ts';
import { collectCrashes } from './crashes.ts';

const crashed = pod('redis-0', {
  containers: [container({ state: 'waiting', reason: 'CrashLoopBackOff' })],
});

/** The last words of a container that wrote this log. */
async function wordsOf(log: string): Promise<string> {
  const clock = { now: () => now, monotonic: () => 0, sleep: () => new Promise<void>(() => undefined) };
  const reader = { logs: () => Promise.resolve(log) };
  const context = { clock, reader, kept: new KeptAnswers(clock) } as unknown as ObserveContext;
  const [crash] = await collectCrashes(context, [crashed]);
  return crash?.lines ?? '';
}

test('a line without an end and escape sequences cost neither memory nor the terminal', async () => {
  const words = await wordsOf(`\u001B[2J\u001B]0;x\u0007starting\n${'x'.repeat(1_000_000)}\n`);
  expect(words.length).toBeLessThan(2100);
  expect(words.split('\n')[0]).toBe('starting');
});

test('what a container died of is still recognised', async () => {
  const words = await wordsOf(`${'y'.repeat(300_000)}\n\u001B[31m${redis.lastWords}\u001B[0m\n`);
  expect(damagedFileName(words)).toBe(redis.file);
});

test('a password that a program prints with the address of its server is not kept', async () => {
  const words = await wordsOf(
    'Error connecting to redis://:not-for-anybody@redis:6379/0\nGET http://web:8000/a@b gave 502\n',
  );
  expect(words).toBe(
    'Error connecting to redis://:[redacted]@redis:6379/0\nGET http://web:8000/a@b gave 502',
  );
});
