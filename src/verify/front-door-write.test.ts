import { expect, test } from 'vitest';

import { stack } from '../../test/fakes/observation.ts';
import type { WriteProbe } from '../domain/stack.ts';
import type { ObserveContext } from '../observe/context.ts';
import { frontDoorRead } from './front-door-write.ts';

const probe: WriteProbe = {
  method: 'POST',
  path: '/orders',
  headers: {},
  body: { ref: '${id}' },
  expectStatus: 201,
  readBack: '/orders/${id}',
};

/** A front door that gives this answer, or throws it. */
function contextOf(answer: Error | { readonly status: number; readonly body: string }) {
  const asked: string[] = [];
  const request = ({ url }: { readonly url: string }) => {
    asked.push(url);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const frontDoor = { url: 'http://shop.local/', address: '127.0.0.1:80', healthPath: '/' };
  const context = { stack: { ...stack, frontDoor }, clock: { now: () => 7 }, door: { request } };
  return { asked, context: context as unknown as ObserveContext };
}

test('an earlier write that is read back is still there, by its own id', async () => {
  const { asked, context } = contextOf({ status: 200, body: '{"ref":"abc"}' });
  expect(await frontDoorRead(context, probe, 'abc')).toMatchObject({ answer: 'yes' });
  expect(asked).toEqual(['http://shop.local/orders/abc']);
});

test.each([
  [{ status: 404, body: '' }, 'no', /answered 404/],
  [{ status: 200, body: '[]' }, 'no', /not in the answer/],
  [{ status: 502, body: '' }, 'unknown', /answered 502/],
  [new Error('connection refused'), 'unknown', /refused/],
])('%j is %s', async (said, answer, evidence) => {
  const { context } = contextOf(said);
  const read = await frontDoorRead(context, probe, 'abc');
  expect(read).toMatchObject({ answer, evidence: expect.stringMatching(evidence) });
});

test('where no way to read it back is declared, nobody can tell', async () => {
  const { asked, context } = contextOf({ status: 200, body: 'abc' });
  const { readBack: _readBack, ...blind } = probe;
  expect(await frontDoorRead(context, blind, 'abc')).toMatchObject({ answer: 'unknown' });
  expect(asked).toEqual([]);
});
