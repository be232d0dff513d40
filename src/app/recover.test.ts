import { describe, expect, test } from 'vitest';

import { HealWorld } from '../../test/fakes/heal-world.ts';
import { now } from '../../test/fakes/observation.ts';
import { leaveUnfinishedCopy } from '../../test/fakes/unfinished-copy.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { JournalStore } from '../ports/journal-store.ts';

const byUp = { command: 'up', tellsTasks: true } as const;

/** A shop whose last `up --copy-out` was ended by a loss of power, and the copy that it left. */
function afterThePowerCut() {
  const world = new HealWorld();
  const archive = leaveUnfinishedCopy(world.journal);
  return { world, archive };
}

/** Another cluster, whose user has the same journal. */
function otherCluster(journal: JournalStore): HealWorld {
  return Object.assign(new HealWorld(journal), {
    target: { cluster: 'other', context: 'k3d-other', engine: '/run/docker.sock' },
  });
}

test('an action under way is closed as unknown by the next recovery of its cluster, not by that of another one', async () => {
  const world = new HealWorld();
  const step: PlannedStep = {
    step: 'reload-load-balancer',
    target: { kind: 'Container', name: 'k3d-shop-serverlb' },
    risk: 'safe',
    because: '',
    reason: '',
    provenBy: '',
    undo: '',
    evidenceAt: now,
    parameters: {},
  };
  const { journal } = world;
  journal.append(
    { type: 'run-started', run: 'at-work', command: 'up', context: 'k3d-shop', version: '0' },
    now,
  );
  journal.append({ type: 'step-intended', run: 'at-work', action: 'reload', step }, now);
  const outcomes = (): unknown[] =>
    world.events.flatMap((event) => (event.type === 'step-acted' ? [[event.action, event.acted]] : []));
  await otherCluster(journal).recover(byUp);
  expect(outcomes()).toEqual([]);
  await world.recover(byUp);
  expect(outcomes()).toEqual([['reload', 'unknown']]);
});

describe("a pod's files that lie in a copy only", () => {
  test('are told of by `up` once', async () => {
    const { world, archive } = afterThePowerCut();
    const first = await world.recover(byUp);
    expect(first.verdict.state).toBe('healthy');
    expect(first.tasks).toMatchObject([{ byHand: expect.stringContaining(archive) as string }]);
    expect((await world.recover(byUp)).tasks).toEqual([]);
  });

  test('are no concern of another cluster', async () => {
    const { world } = afterThePowerCut();
    expect((await otherCluster(world.journal).recover(byUp)).tasks).toEqual([]);
    expect((await world.recover(byUp)).tasks).toHaveLength(1);
  });

  test.each(['watch', 'up'] as const)(
    'are left for the next `up` by a recovery (%s) of which nobody is told the tasks',
    async (command) => {
      const { world, archive } = afterThePowerCut();
      await world.recover({ command, tellsTasks: false });
      const { tasks } = await world.recover(byUp);
      expect(tasks).toMatchObject([{ byHand: expect.stringContaining(archive) as string }]);
    },
  );

  test('are left for the next `up` by one that is interrupted', async () => {
    const { world } = afterThePowerCut();
    world.isShunned = true;
    world.clock.at(1000, () => world.interruption.abort(new Error('interrupted')));
    await world.recover(byUp);
    world.interruption = new AbortController();
    expect((await world.recover(byUp)).tasks).toHaveLength(1);
  });
});
