import { describe, expect, test } from 'vitest';

import { HealWorld } from '../../test/fakes/heal-world.ts';
import { leaveUnfinishedCopy } from '../../test/fakes/unfinished-copy.ts';

const byUp = { command: 'up', tellsTasks: true } as const;

/** A shop whose last `up --copy-out` was ended by a loss of power, and the copy that it left. */
function afterThePowerCut() {
  const world = new HealWorld();
  const archive = leaveUnfinishedCopy(world.journal);
  return { world, archive };
}

describe("a pod's files that lie in a copy only", () => {
  test('are told of by `up` once', async () => {
    const { world, archive } = afterThePowerCut();
    const first = await world.recover(byUp);
    expect(first.verdict.state).toBe('healthy');
    expect(first.tasks).toMatchObject([{ byHand: expect.stringContaining(archive) as string }]);
    expect((await world.recover(byUp)).tasks).toEqual([]);
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
