import { expect, test } from 'vitest';

import { LateAnswers } from './late-answers.ts';

/** A clock whose sleeps end when so much time is let pass at once. */
function aClock() {
  const sleeps: { readonly ms: number; readonly end: () => void }[] = [];
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleeps.push({ ms, end: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  };
  const pass = (time: number) => {
    for (const { ms, end } of sleeps) if (ms <= time) end();
  };
  return { clock, pass };
}

function aServer() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = { asked: 0, answer: resolve };
  const read = () => {
    server.asked += 1;
    return promise;
  };
  return { server, read };
}

test('a slow answer does not hold up a pass, and counts in the pass in which it has come', async () => {
  const { clock, pass } = aClock();
  const { server, read } = aServer();
  const late = new LateAnswers(clock);
  const first = late.ask('dns', 'DNS', read);
  pass(1000);
  expect(await first).toMatchObject({ looked: false, why: 'no answer yet' });
  server.answer('here');
  expect(await late.ask('dns', 'DNS', read)).toMatchObject({ looked: true, value: 'here' });
  expect(server.asked).toBe(1);
});

test('after an action, and after an answer, it is asked anew', async () => {
  const { clock, pass } = aClock();
  const { server, read } = aServer();
  const late = new LateAnswers(clock);
  const before = late.ask('dns', 'DNS', read);
  pass(1000);
  await before;
  late.clear();
  server.answer('here');
  await late.ask('dns', 'DNS', read);
  await late.ask('dns', 'DNS', read);
  expect(server.asked).toBe(3);
});
