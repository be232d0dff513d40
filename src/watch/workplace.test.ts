import { describe, expect, test } from 'vitest';

import { memoryJournal } from '../../test/fakes/memory-journal.ts';
import { smallShop } from '../../test/fakes/shop-objects.ts';
import { leaveUnfinishedCopy } from '../../test/fakes/unfinished-copy.ts';
import { WatchWorld } from '../../test/fakes/watch-world.ts';

const minute = 60_000;

/** When an agent reloads the load balancer of a shop that needs it four times, while a recovery is given two seconds. */
async function reloads(isCopyLeft: boolean): Promise<readonly number[]> {
  const journal = memoryJournal();
  if (isCopyLeft) leaveUnfinishedCopy(journal);
  const world = new WatchWorld({ recoveryMs: 2000 }, journal);
  world.shop.isShunned = true;
  world.shop.helpsAt = 4;
  await world.run(40 * minute);
  return world.shop.reloads;
}

describe('a copy that an earlier run left', () => {
  test('is in the next notice of the agent, once, and is left for `up`', async () => {
    const journal = memoryJournal();
    const archive = leaveUnfinishedCopy(journal);
    const world = new WatchWorld({}, journal);
    const { shop } = world;
    shop.clock.at(10 * minute, () => (shop.isShunned = true));
    await world.run(20 * minute);
    expect(world.notices.map(({ kind, text }) => [kind, text.includes(archive)])).toEqual([
      ['recovered', true],
      ['recovered', false],
    ]);
    const { tasks } = await shop.recover({ command: 'up', tellsTasks: true });
    expect(tasks).toMatchObject([{ byHand: expect.stringContaining(archive) as string }]);
  });

  test('keeps nothing from being tried again', async () => {
    const without = await reloads(false);
    expect(without).toHaveLength(4);
    expect(await reloads(true)).toEqual(without);
  });
});

test('a pause is obeyed however often other clusters were paused since', async () => {
  const journal = memoryJournal();
  const world = new WatchWorld({}, journal);
  const { shop } = world;
  const until = shop.clock.now() + 30 * minute;
  const pause = (cluster: string, reason: string) =>
    journal.append({ type: 'paused', run: 'me', cluster, until, reason }, shop.clock.now());
  shop.clock.at(minute, () => {
    pause('shop', 'upgrade');
    for (let nth = 1; nth <= 12; nth += 1) pause('other', 'not this one');
    shop.isShunned = true;
  });
  await world.run(20 * minute);
  expect(shop.reloads).toEqual([]);
  expect(world.states.some(({ sentence }) => sentence.includes('upgrade'))).toBe(true);
});

test('a cluster that was stopped by hand is left alone by the next agent of this boot', async () => {
  const world = new WatchWorld();
  const { shop } = world;
  world.isKnown = true;
  const nodes = { [smallShop.agent]: shop.clock.now() };
  const stopped = { type: 'nodes-stopped', run: 'me', cluster: 'shop', boot: 'this boot', nodes } as const;
  shop.journal.append(stopped, shop.clock.now());
  shop.isAgentDown = true;
  await world.run(60 * minute);
  expect(shop.starts).toEqual([]);
  expect(world.notices).toEqual([]);
  expect(world.states.some(({ sentence }) => sentence.includes('stopped by hand'))).toBe(true);
});

test('a pause is obeyed by an agent that starts while the engine is down', async () => {
  const world = new WatchWorld();
  const { shop } = world;
  const until = shop.clock.now() + 2 * 60 * minute;
  shop.journal.append(
    { type: 'paused', run: 'me', cluster: 'shop', until, reason: 'new disk' },
    shop.clock.now(),
  );
  world.isKnown = true;
  world.unreachable = 'connect ENOENT /run/docker.sock';
  await world.run(60 * minute);
  expect(world.states.at(-2)).toMatchObject({
    state: 'paused',
    sentence: expect.stringContaining('new disk') as string,
  });
  expect(world.notices).toEqual([]);
});
