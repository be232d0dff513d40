import { expect, test } from 'vitest';

import { HealWorld } from '../../../test/fakes/heal-world.ts';
import { RunLog } from '../../app/run-log.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { runSteps } from './run-steps.ts';

test('after an interruption the step under way is ended, and no other is begun', async () => {
  const world = new HealWorld();
  world.isAgentDown = true;
  world.startMs = 2000;
  world.clock.at(1000, () => world.interruption.abort(new Error('interrupted')));
  const context = world.context();
  const { clock, journal: store, target } = world;
  const containers = await context.provider.containers(target.cluster);
  const chosen = (['start-node', 'reload-load-balancer'] as const).map((step, index): PlannedStep => {
    const container = containers.find(({ role }) => role === (index === 0 ? 'agent' : 'loadbalancer'));
    const named = { kind: 'Container', name: container?.name ?? '', uid: container?.id ?? '' };
    return { step, target: named, parameters: {}, evidenceAt: clock.now() } as unknown as PlannedStep;
  });
  const results = await runSteps(
    { context, log: new RunLog({ store, target }, clock, {}) },
    'step run',
    chosen,
  );
  expect(results).toMatchObject([{ step: 'start-node', acted: 'done' }]);
  expect([world.starts.length, world.reloads.length]).toEqual([1, 0]);
});
