import { describe, expect, test } from 'vitest';

import { agentPolicy, apply, traces, undo, waitMeasure, zone } from '../../../test/fakes/harden-runs.ts';
import { HardenWorld } from '../../../test/fakes/harden-world.ts';
import { appliedMeasures } from '../plan-hardening.ts';
import { changedPolicies } from './restart-policy.ts';
import { undoMeasures } from './undo-measures.ts';

describe('taking back', () => {
  test('leaves nothing: fields, annotation, manager, restart policy and what was made', async () => {
    const world = new HardenWorld();
    const before = await traces(world);
    const all = [agentPolicy, zone, waitMeasure()];
    expect((await apply(world, all)).map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(world.policies.get('k3d-shop-agent-0')).toBe('unless-stopped');
    expect((await undo(world, all)).map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(await traces(world)).toEqual(before);
    expect(world.policies.get('k3d-shop-agent-0')).toBe('on-failure:3');
    expect(world.objects.paths).toHaveLength(1);
    expect(await undo(world, all)).toEqual([]);
  });

  test('needs no healthy stack and no journal of the change for what is in the cluster', async () => {
    const world = new HardenWorld();
    const before = await traces(world);
    await apply(world, [waitMeasure()]);
    world.isOpen = false;
    world.isOpenAfterwards = false;
    const results = await undoMeasures(world.session, {
      planned: [],
      lives: await world.lives(),
      events: [],
    });
    expect(results).toMatchObject([{ outcome: 'done' }]);
    expect(await traces(world)).toEqual(before);
  });

  test('takes back one measure and leaves the other', async () => {
    const world = new HardenWorld();
    const [one, two] = [waitMeasure('one'), waitMeasure('two')];
    await apply(world, [one, two]);
    await undo(world, [one, two], (id) => id === one.id);
    expect(appliedMeasures(await world.web())).toEqual([two.id]);
  });

  test('refuses one of several whose changes nobody remembers', async () => {
    const world = new HardenWorld();
    const [one, two] = [waitMeasure('one'), waitMeasure('two')];
    await apply(world, [one, two]);
    const lives = await world.lives();
    const results = await undoMeasures(world.session, {
      planned: [],
      lives,
      events: [],
      isMeant: (id) => id === one.id,
    });
    expect(results).toMatchObject([
      { outcome: 'refused', detail: expect.stringContaining('without --only') },
    ]);
    expect(appliedMeasures(await world.web())).toHaveLength(2);
  });

  test('tells what was done to objects when the engine then does not answer', async () => {
    const world = new HardenWorld();
    await apply(world, [agentPolicy, waitMeasure()]);
    world.isEngineSilent = true;
    expect(await undo(world, [agentPolicy, waitMeasure()])).toMatchObject([
      { outcome: 'done', measures: [waitMeasure().id] },
      { outcome: 'failed', measures: [agentPolicy.id], detail: expect.stringContaining('no answer') },
    ]);
  });

  test('never takes files with it', async () => {
    const world = new HardenWorld();
    await apply(world, [waitMeasure()]);
    world.files = ['photo.jpg'];
    expect(await undo(world, [waitMeasure()])).toMatchObject([{ outcome: 'refused' }]);
    expect(appliedMeasures(await world.web())).toHaveLength(1);
  });

  test('restart policies: the first change tells what the owner had, an undo that came through ends it', async () => {
    const world = new HardenWorld();
    await apply(world, [agentPolicy]);
    world.policies.set('k3d-shop-agent-0', 'no');
    await apply(world, [agentPolicy]);
    expect(changedPolicies(world.journal.events())).toMatchObject([{ before: 'on-failure:3' }]);
    await undo(world, [agentPolicy]);
    expect(changedPolicies(world.journal.events())).toEqual([]);
  });
});
