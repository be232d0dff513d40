import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';

import { container, now, pod, stack } from '../../../test/fakes/observation.ts';
import type { DatabaseMember } from '../../domain/observation.ts';
import type { ObserveContext } from '../context.ts';
import { KeptAnswers } from '../kept-answers.ts';
import { withLoops } from './patroni-loops.ts';

const started = (secondsAgo: number) => container({ state: 'running', startedAt: now - secondsAgo * 1000 });
const silent: DatabaseMember = { pod: 'db-2', role: 'replica', state: 'stopped' };

/** A Patroni that answers like this, or no answer at all; and what it was asked. */
function asking(status: number | Error) {
  const asked: string[] = [];
  const clock = { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve() };
  const context = {
    stack,
    clock,
    kept: new KeptAnswers(clock),
    reader: { tunnel: () => Promise.resolve(new PassThrough()) },
    door: {
      request: ({ url }: { readonly url: string }) => {
        asked.push(url);
        return status instanceof Error ? Promise.reject(status) : Promise.resolve({ status, body: '' });
      },
    },
  } as unknown as ObserveContext;
  return { context, asked };
}

test.each<readonly [number | Error, unknown]>([
  [200, { looked: true, value: 'runs' }],
  [503, { looked: true, value: 'stands-still' }],
  [404, { looked: false, why: 'it answers 404' }],
  [new Error('socket hang up'), { looked: false, why: 'socket hang up' }],
])(
  'a member that does not call itself running is asked whether its loop goes on: %s',
  async (status, loop) => {
    const { context, asked } = asking(status);
    const [member] = await withLoops(context, [silent], [pod('db-2', { containers: [started(60)] })]);
    expect(asked).toEqual(['http://db-2:8008/liveness']);
    expect(member).toMatchObject({ ...silent, loop });
  },
);

test.each<readonly [string, DatabaseMember, number]>([
  ['calls itself running', { ...silent, state: 'running' }, 60],
  ['has said nothing yet', { pod: 'db-2' }, 60],
  ['has just started', silent, 10],
])('a member is not asked that %s', async (_name, member, secondsAgo) => {
  const { context, asked } = asking(503);
  const found = await withLoops(context, [member], [pod('db-2', { containers: [started(secondsAgo)] })]);
  expect(found).toEqual([member]);
  expect(asked).toEqual([]);
});

test('a member is asked once for a while', async () => {
  const { context, asked } = asking(503);
  const pods = [pod('db-2', { containers: [started(60)] })];
  await withLoops(context, [silent], pods);
  await withLoops(context, [silent], pods);
  expect(asked).toHaveLength(1);
});
