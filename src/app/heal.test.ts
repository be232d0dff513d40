import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { HealWorld } from '../../test/fakes/heal-world.ts';
import { memoryJournal } from '../../test/fakes/memory-journal.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { outcomeText } from '../report/outcome.ts';
import { eventText } from '../report/text.ts';
import type { HealResult } from './heal.ts';

const minute = 60_000;
const hour = 3_600_000;

/** Everything that a person is shown of a run. */
function shown({ verdict, actions, pass, seconds }: HealResult, events: readonly StoredEvent[]): string {
  const { refusals, tasks } = pass.plan;
  return [outcomeText({ verdict, actions, refusals, tasks, seconds }), ...events.map(eventText)].join('\n');
}

/** Pauses between one time and the next. */
function gaps(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

/** A run in a world that is given, on whose clock these jumps happen at those times. */
async function run(given: Partial<HealWorld>, jumps: readonly { at: number; by: number }[]) {
  const world = Object.assign(new HealWorld(), given);
  for (const { at, by } of jumps) world.clock.at(at, () => world.clock.setBy(by));
  return { world, result: await world.heal(5 * minute) };
}

/** A run that breaks down at 8 s, while the agent is being started until about 25 s. */
async function brokenDown(world: HealWorld): Promise<void> {
  world.isAgentDown = true;
  world.startMs = 20_000;
  world.refresh = () =>
    world.clock.monotonic() < 8000 ? Promise.resolve() : Promise.reject(new Error('two namespaces'));
  await expect(world.heal(5 * minute)).rejects.toThrow('two namespaces');
}

describe('healing', () => {
  test('acts once, proves it, and proves it again after the stability window', async () => {
    const world = new HealWorld();
    world.isShunned = true;
    const result = await world.heal(5 * minute);
    expect(result.verdict).toMatchObject({ state: 'healthy', proven: 'serving' });
    expect(result.actions).toMatchObject([{ step: 'reload-load-balancer', acted: 'done', verified: 'yes' }]);
    expect(world.reloads).toHaveLength(1);
    expect(result.seconds).toBeGreaterThan(15);
  });

  test('leaves a shop alone that needs nothing, and does not wait for it', async () => {
    const world = new HealWorld();
    const result = await world.heal(5 * minute);
    expect(result).toMatchObject({ verdict: { state: 'healthy' }, actions: [] });
    expect(result.seconds).toBeLessThan(5);
  });

  test('that helps nothing ends with a person, who is told what was tried and how it ended', async () => {
    const world = new HealWorld();
    world.isShunned = true;
    world.helpsAt = Number.POSITIVE_INFINITY;
    const result = await world.heal(10 * minute);
    expect(world.reloads).toHaveLength(3);
    expect(result.actions.map(({ verified }) => verified)).toEqual(['no', 'no', 'no']);
    expect(result.verdict.state).toBe('broken');
    expect(result.verdict.sentence).toMatch(
      /reload-load-balancer was tried 3 times in this run and did not help; the last time: socket hang up/,
    );
    expect(result.verdict.sentence).toContain('A person has to look');
    expect(result.pass.plan.refusals).toMatchObject([{ guard: 'budget-spent', kind: 'human' }]);
    // Half a minute of patience after the last try, not the whole time limit.
    expect(result.seconds).toBeLessThan(120);
  });

  test('does not act again on what was seen before its last action had ended', async () => {
    const world = new HealWorld();
    world.isShunned = true;
    // The second look begins while the action is under way and ends after its proof: what it saw is of before.
    world.refusalMs = 2900;
    world.reloadMs = 1500;
    const result = await world.heal(5 * minute);
    expect(world.reloads).toHaveLength(1);
    expect(result.verdict.state).toBe('healthy');
  });

  test('after an earlier run waits a cool-down, and does not count what that one tried', async () => {
    const journal = memoryJournal();
    const earlier = new HealWorld(journal);
    earlier.isShunned = true;
    earlier.helpsAt = Number.POSITIVE_INFINITY;
    await earlier.heal(minute);
    const world = new HealWorld(journal);
    world.isShunned = true;
    const result = await world.heal(5 * minute);
    expect(earlier.reloads).toHaveLength(3);
    expect(result.verdict.state).toBe('healthy');
    expect(world.reloads).toHaveLength(1);
    expect(world.reloads[0]).toBeGreaterThanOrEqual(2900);
  });
});

describe('a stack that is known from before', () => {
  test('is not acted on when discovery finds another one as soon as the API answers', async () => {
    const world = new HealWorld();
    world.isShunned = true;
    const { frontDoor: _door, ...other } = world.stack;
    world.refresh = () => {
      world.stack = other;
      return Promise.resolve();
    };
    const result = await world.heal(10_000);
    expect(world.reloads).toEqual([]);
    expect(result.actions).toEqual([]);
  });
});

describe('a shop in which nothing is known to be broken', () => {
  test('and whose front door fails is told how it fails', async () => {
    const world = new HealWorld();
    world.doorStatus = 404;
    const { verdict } = await world.heal(10_000);
    expect(verdict).toMatchObject({ state: 'broken', proven: 'none' });
    expect(verdict.sentence).toMatch(/front door fails: GET http:\/\/shop.local:8080\/: 404\./);
  });

  test('and that has no front door that anybody knows is not watched until the time is over', async () => {
    const world = new HealWorld();
    const { frontDoor: _door, ...doorless } = world.stack;
    world.stack = doorless;
    const { verdict, seconds } = await world.heal(10 * minute);
    expect(verdict).toMatchObject({ state: 'unknown', sentence: expect.stringContaining('No front door') });
    expect(seconds).toBeLessThan(45);
  });
});

describe('the end of a run whose time is over', () => {
  test('claims no proof from before an action that was under way', async () => {
    const world = new HealWorld();
    world.isAgentDown = true;
    world.startMs = 20_000;
    const result = await world.heal(12_000);
    expect(world.starts).toHaveLength(1);
    // It was proven while the agent was being started: those two visits say nothing about what is now.
    expect(result.verdict).toMatchObject({ state: 'broken', proven: 'none' });
    expect(result.verdict.sentence).not.toContain('the front door answers');
    expect(result.verdict.sentence).toContain('Nothing was proven through the front door');
  });

  test('in the stability window is not called healthy', async () => {
    const world = new HealWorld();
    world.isShunned = true;
    const result = await world.heal(8000);
    expect(result.actions).toMatchObject([{ verified: 'yes' }]);
    expect(result.verdict.state).toBe('settling');
    expect(result.verdict.sentence).toContain('before the proof was repeated after the stability window');
  });

  test('comes soon when it is interrupted, and nothing is begun after that', async () => {
    const world = new HealWorld();
    world.isShunned = true;
    world.helpsAt = 2;
    world.clock.at(4000, () => world.interruption.abort(new Error('interrupted')));
    const result = await world.heal(5 * minute);
    expect(world.reloads).toHaveLength(1);
    expect(result.verdict.state).toBe('broken');
    expect(result.seconds).toBeLessThan(12);
  });
});

describe('a run that breaks down', () => {
  test('lets the lock go when nothing is under way any more', async () => {
    const world = new HealWorld();
    await brokenDown(world);
    expect(world.starts).toHaveLength(1);
    expect(world.events.at(-1)).toMatchObject({ type: 'step-verified', verified: 'yes' });
  });

  test('says what went wrong first, also when what was under way breaks down as well', async () => {
    const journal = memoryJournal();
    const world = new HealWorld({
      ...journal,
      append: (event, at) => {
        if (event.type === 'step-acted') throw new Error('the disk is full');
        return journal.append(event, at);
      },
    });
    await brokenDown(world);
    expect(world.starts).toHaveLength(1);
  });
});

describe("the machine's clock is set while it works", () => {
  const jump = fc.record({
    at: fc.integer({ min: 0, max: 30_000 }),
    by: fc.constantFrom(-hour, hour, -5000),
  });
  const scenario = fc.record({
    isShunned: fc.boolean(),
    isAgentDown: fc.boolean(),
    helpsAt: fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
  });

  test('nothing is repeated for it, nothing waits for it, and no time that is shown is negative', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.array(jump, { minLength: 1, maxLength: 3 }), async (given, jumps) => {
        const plain = await run(given, []);
        const { world, result } = await run(given, jumps);
        expect(world.reloads).toHaveLength(plain.world.reloads.length);
        expect(world.starts).toHaveLength(plain.world.starts.length);
        expect(result.verdict.state).toBe(plain.result.verdict.state);
        // At most one stability window more: what started before the clock was set back may have started just now.
        expect(result.seconds).toBeLessThan(plain.result.seconds + 20);
        expect(Math.min(...gaps(world.reloads), Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(3000);
        expect(shown(result, world.events)).not.toMatch(/(^|\s)-\d|NaN|Infinity/m);
        for (const { seconds } of result.actions) expect(seconds).toBeGreaterThanOrEqual(0);
        expect(world.events.map(({ seq }) => seq)).toEqual(world.events.map((_event, index) => index + 1));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('an action of an earlier run, whose time now lies ahead, is cooled down from and not waited for', async () => {
    const journal = memoryJournal();
    const first = new HealWorld(journal);
    first.isShunned = true;
    first.helpsAt = Number.POSITIVE_INFINITY;
    await first.heal(3000);
    const second = new HealWorld(journal);
    second.isShunned = true;
    second.clock.setBy(-hour);
    const result = await second.heal(5 * minute);
    expect(second.reloads).toHaveLength(1);
    expect(second.reloads[0]).toBeGreaterThanOrEqual(2900);
    expect(second.reloads[0]).toBeLessThan(15_000);
    expect(result.verdict.state).toBe('healthy');
  });

  test('an agent that starts by itself is given its grace, neither an hour nor none', async () => {
    for (const by of [-hour, hour]) {
      const { world } = await run({ isAgentDown: true }, [{ at: 1500, by }]);
      expect(world.starts).toHaveLength(1);
      expect(world.starts[0]).toBeGreaterThanOrEqual(5000);
      expect(world.starts[0]).toBeLessThan(8000);
    }
  });
});
