import { expect, test } from 'vitest';

import { stack } from '../../test/fakes/observation.ts';
import type { ObserveContext } from '../observe/context.ts';
import { Verifier } from './verifier.ts';

/** A front door that counts its visits; time passes only by sleeping. */
function aDoor() {
  let now = 0;
  const door = {
    visits: 0,
    works: true,
    request: () => {
      door.visits += 1;
      return Promise.resolve({ status: door.works ? 200 : 502, body: 'ok' });
    },
  };
  const clock = { now: () => now, monotonic: () => now, sleep: (ms: number) => Promise.resolve((now += ms)) };
  const frontDoor = { url: 'https://shop.local/', address: '127.0.0.1:443', healthPath: '/' };
  const context = { stack: { ...stack, frontDoor }, clock, door } as unknown as ObserveContext;
  return { door, verifier: new Verifier(context, () => undefined) };
}

test('two proofs in a row are wanted, and a failure begins anew', async () => {
  const { door, verifier } = aDoor();
  expect((await verifier.attempt(true)).level).toBe('none');
  door.works = false;
  expect((await verifier.attempt(true)).level).toBe('none');
  door.works = true;
  expect((await verifier.attempt(true)).level).toBe('none');
  expect((await verifier.attempt(true)).level).toBe('serving');
});

test('while something is missing two proofs are enough; then they are made anew', async () => {
  const { door, verifier } = aDoor();
  for (let pass = 0; pass < 5; pass += 1) await verifier.attempt(false);
  expect(door.visits).toBe(2);
  expect((await verifier.attempt(false)).level).toBe('serving');
  expect((await verifier.attempt(true)).level).toBe('none');
  expect((await verifier.attempt(true)).level).toBe('serving');
  expect(door.visits).toBe(4);
});
