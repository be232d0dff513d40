import { describe, expect, test } from 'vitest';

import { HealWorld } from '../../../test/fakes/heal-world.ts';
import { RunLog } from '../../app/run-log.ts';
import { plannedPass } from './decided-pass.ts';

async function planned(world: HealWorld) {
  const { clock, journal: store, target } = world;
  const log = new RunLog({ store, target }, clock, {});
  const { plan } = await plannedPass({ context: world.context(), log }, {});
  return plan.steps.map(({ step, target: { name } }) => `${step} ${name}`);
}

describe('what `up` would do', () => {
  test('holds the start of a node that has been down for as long as `up` waits for it', async () => {
    const world = new HealWorld();
    world.isAgentDown = true;
    expect(await planned(world)).toEqual([expect.stringMatching(/^start-node /)]);
    expect(world.clock.monotonic()).toBeLessThan(7000);
    expect([world.starts, world.events]).toEqual([[], []]);
  });

  test('is told at once of a shop in which everything runs', async () => {
    const world = new HealWorld();
    expect(await planned(world)).toEqual([]);
    expect(world.clock.monotonic()).toBeLessThan(1000);
  });
});
