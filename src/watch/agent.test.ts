import { describe, expect, test } from 'vitest';

import { WatchWorld } from '../../test/fakes/watch-world.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('the agent', () => {
  test('proves a shop that is well once at its start, leaves it alone, and writes nothing while nothing happens', async () => {
    const world = new WatchWorld();
    await world.run(10 * minute);
    const first = world.events.length;
    await world.run(8 * minute);
    expect(world.shop.reloads).toEqual([]);
    expect(world.notices).toEqual([]);
    expect(world.events.filter(({ type }) => type === 'step-intended')).toEqual([]);
    const types = world.events.slice(0, first).map(({ type }) => type);
    expect(types).toContain('run-ended');
    expect(world.states.at(-1)?.state).toBe('stopped');
    expect(world.states.some(({ state }) => state === 'usable')).toBe(true);
  });

  test('after a boot acts as soon as it sees', async () => {
    const world = new WatchWorld();
    world.shop.isShunned = true;
    await world.run(2 * minute);
    expect(world.shop.reloads).toHaveLength(1);
    expect(world.shop.reloads[0]).toBeLessThan(15_000);
    expect(world.notices).toMatchObject([
      { kind: 'recovered', title: expect.stringMatching(/usable again/) as string },
    ]);
  });

  test('gives a shop that was usable time to come back by itself', async () => {
    const world = new WatchWorld();
    const { shop } = world;
    shop.clock.at(10 * minute, () => (shop.isShunned = true));
    shop.clock.at(10 * minute + 15_000, () => (shop.isShunned = false));
    await world.run(15 * minute);
    expect(shop.reloads).toEqual([]);
    expect(world.notices).toEqual([]);
  });

  test('helps when it does not', async () => {
    const world = new WatchWorld();
    const { shop } = world;
    shop.clock.at(10 * minute, () => (shop.isShunned = true));
    await world.run(20 * minute);
    expect(shop.reloads).toHaveLength(1);
    const waited = (shop.reloads[0] ?? 0) - 10 * minute;
    expect(waited).toBeGreaterThanOrEqual(world.settings.warmUpMs);
    expect(waited).toBeLessThan(world.settings.warmUpMs + world.settings.visitEveryMs + 30_000);
    const types = world.events.map(({ type }) => type);
    expect(types.filter((type) => type === 'incident-opened')).toHaveLength(2);
    expect(types.filter((type) => type === 'incident-closed')).toHaveLength(2);
  });

  test(
    'calls a person for what it cannot help, once, and holds itself back',
    { timeout: 60_000 },
    async () => {
      const world = new WatchWorld();
      world.shop.isShunned = true;
      world.shop.helpsAt = Number.POSITIVE_INFINITY;
      await world.run(3 * hour);
      const calls = world.notices.filter(({ kind }) => kind === 'needs-human');
      expect(calls.length).toBeGreaterThan(0);
      expect(calls.length).toBeLessThan(15);
      expect(calls[0]?.text).toContain('reload-load-balancer');
      const { reloads } = world.shop;
      for (let from = 0; from < 3 * hour; from += 10 * minute) {
        const inHour = reloads.filter((at) => at >= from && at < from + hour);
        expect(inHour.length).toBeLessThanOrEqual(6);
      }
    },
  );

  test('does nothing while it is paused, and goes on after it', async () => {
    const world = new WatchWorld();
    const { shop } = world;
    shop.journal.append(
      {
        type: 'paused',
        run: 'me',
        cluster: 'shop',
        until: shop.clock.now() + 30 * minute,
        reason: 'upgrade',
      },
      shop.clock.now(),
    );
    shop.clock.at(2 * minute, () => (shop.isShunned = true));
    await world.run(29 * minute);
    expect(shop.reloads).toEqual([]);
    expect(
      world.states.some(({ state, sentence }) => state === 'paused' && sentence.includes('upgrade')),
    ).toBe(true);
    await world.run(5 * minute);
    expect(shop.reloads).toHaveLength(1);
  });

  test('ends what it does when somebody asks for a pause', async () => {
    const world = new WatchWorld();
    const { shop } = world;
    shop.isShunned = true;
    shop.helpsAt = Number.POSITIVE_INFINITY;
    shop.clock.at(20_000, () => {
      shop.journal.append(
        { type: 'paused', run: 'me', cluster: 'shop', until: shop.clock.now() + hour, reason: 'look' },
        shop.clock.now(),
      );
    });
    await world.run(40 * minute);
    expect(Math.max(...shop.reloads)).toBeLessThan(25_000);
  });

  test('waits while another process is at work', async () => {
    const world = new WatchWorld();
    const { shop } = world;
    shop.isShunned = true;
    world.isLocked = true;
    shop.clock.at(3 * minute, () => (world.isLocked = false));
    await world.run(6 * minute);
    expect(shop.reloads).toHaveLength(1);
    expect(shop.reloads[0]).toBeGreaterThanOrEqual(3 * minute);
  });
});
