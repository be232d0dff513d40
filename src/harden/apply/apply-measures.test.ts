import { describe, expect, test } from 'vitest';

import {
  agentPolicy,
  apply,
  hardenEvents,
  traces,
  waitMeasure,
  zone,
} from '../../../test/fakes/harden-runs.ts';
import { HardenWorld, type Behaviour } from '../../../test/fakes/harden-world.ts';
import { memoryJournal } from '../../../test/fakes/memory-journal.ts';
import { appliedMeasures } from '../plan-hardening.ts';
import type { Measure } from '../measure.ts';
import { applyMeasures } from './apply-measures.ts';

describe('applying', () => {
  test('is done when the new pod is ready and the stack is usable; everything is in the journal', async () => {
    const world = new HardenWorld();
    const measure = waitMeasure();
    expect(await apply(world, [measure])).toMatchObject([
      {
        outcome: 'done',
        target: 'Deployment shop/nginx',
        detail: expect.stringContaining('1 of 1 new pods are ready'),
      },
    ]);
    expect(appliedMeasures(await world.web())).toEqual([measure.id]);
    expect(world.podNames).toEqual(['nginx-2']);
    expect(hardenEvents(world)).toEqual(['intended apply', 'done', 'verified yes']);
    expect(await world.planned([measure])).toMatchObject([{ state: 'applied' }]);
    expect(await apply(world, [measure])).toEqual([]);
  });

  test('two measures of one object are one change: its pods are replaced once', async () => {
    const world = new HardenWorld();
    await apply(world, [waitMeasure('one'), waitMeasure('two')]);
    expect(world.podNames).toEqual(['nginx-2']);
    expect(appliedMeasures(await world.web())).toHaveLength(2);
  });

  test.each<[Behaviour, RegExp]>([
    ['crashes', /container rekindle-wait of the new pod nginx-2: back-off/],
    ['hangs', /new pods are ready after 60 s/],
  ])('is taken back at once when the new pod %s, and nothing more is changed', async (behaviour, reason) => {
    const world = new HardenWorld();
    const before = await traces(world);
    world.behaviours = [behaviour];
    const results = await apply(world, [waitMeasure(), zone]);
    expect(results).toMatchObject([
      { outcome: 'taken-back', detail: expect.stringMatching(reason) },
      { outcome: 'refused', detail: expect.stringContaining('nothing more is changed') },
    ]);
    expect(await traces(world)).toEqual(before);
    expect(hardenEvents(world)).toEqual([
      'intended apply',
      'done',
      'verified no',
      'intended take-back',
      'done',
      'verified yes',
    ]);
  });

  test('the broken pod of a StatefulSet is deleted when it is taken back: nobody else would replace it', async () => {
    const world = new HardenWorld(memoryJournal(), 'StatefulSet');
    const before = await traces(world);
    world.behaviours = ['crashes'];
    expect(await apply(world, [waitMeasure('rekindle-wait', 'StatefulSet')])).toMatchObject([
      { outcome: 'taken-back' },
    ]);
    expect(world.deleted).toEqual(['uid-of-nginx-2']);
    expect(world.podNames).toEqual(['nginx-3']);
    expect(await traces(world)).toEqual(before);
  });

  test('is taken back when the stack is not usable after it', async () => {
    const world = new HardenWorld();
    const before = await traces(world);
    world.isOpenAfterwards = false;
    expect(await apply(world, [waitMeasure()])).toMatchObject([{ outcome: 'taken-back' }]);
    expect(await traces(world)).toEqual(before);
  });

  test('is refused while the stack is not healthy', async () => {
    const world = new HardenWorld();
    world.isOpen = false;
    const before = await traces(world);
    expect(await apply(world, [waitMeasure(), agentPolicy])).toMatchObject([
      { outcome: 'refused', detail: expect.stringContaining('the stack is not healthy') },
      { outcome: 'refused' },
    ]);
    expect(await traces(world)).toEqual(before);
    expect(hardenEvents(world)).toEqual([]);
  });

  test.each([
    [['photo.jpg'], /emptyDir volume uploads of nginx-1: photo\.jpg/],
    ['unseen' as const, /could not be seen: the engine is silent/],
  ])('is refused when new pods would lose files: %j', async (files, reason) => {
    const world = new HardenWorld();
    world.files = files;
    expect(await apply(world, [waitMeasure()])).toMatchObject([
      { outcome: 'refused', detail: expect.stringMatching(reason) },
    ]);
    expect(hardenEvents(world)).toEqual([]);
  });

  test('an empty emptyDir is no hindrance', async () => {
    const world = new HardenWorld();
    world.files = [];
    expect(await apply(world, [waitMeasure()])).toMatchObject([{ outcome: 'done' }]);
  });

  test('names the manager of a field that is not ours, and asks the API for nothing', async () => {
    const world = new HardenWorld();
    const patch = { spec: { replicas: 3 } };
    const measure: Measure = { ...waitMeasure(), change: { by: 'patch', patch, restarts: 0 } };
    expect(await apply(world, [measure])).toMatchObject([
      { outcome: 'refused', detail: expect.stringMatching(/^kubectl has set \.spec\.replicas/) },
    ]);
    expect(hardenEvents(world)).toEqual([]);
  });

  test('is refused when somebody has changed the object since it was judged', async () => {
    const world = new HardenWorld();
    const input = { planned: await world.planned([waitMeasure()]), lives: await world.lives(), events: [] };
    await world.change({ paused: true });
    const { results } = await applyMeasures(world.session, input);
    expect(results).toMatchObject([{ outcome: 'refused', detail: expect.stringContaining('changed since') }]);
  });

  test('interrupted, it leaves the change where it is and says how to take it back', async () => {
    const world = new HardenWorld();
    world.behaviours = ['hangs'];
    const { session } = world;
    world.clock.at(20_000, () => world.interruption.abort(new Error('Ctrl-C')));
    const input = {
      planned: await world.planned([waitMeasure(), zone]),
      lives: await world.lives(),
      events: [],
    };
    const { results } = await applyMeasures(session, input);
    expect(results).toMatchObject([
      { outcome: 'failed', detail: expect.stringContaining('rekindle harden --undo') },
      { outcome: 'refused' },
    ]);
    expect(appliedMeasures(await world.web())).toHaveLength(1);
  });

  test('what a run left without its proof is proven by the next one', async () => {
    const world = new HardenWorld();
    world.behaviours = ['hangs'];
    world.clock.at(20_000, () => world.interruption.abort(new Error('Ctrl-C')));
    await apply(world, [waitMeasure()]);
    const next = world.afterRestart();
    expect(await next.planned([waitMeasure()])).toMatchObject([{ state: 'applied' }]);
    next.comeUp();
    expect(await apply(next, [waitMeasure()])).toMatchObject([{ outcome: 'done' }]);
    expect(await apply(next, [waitMeasure()])).toEqual([]);
  });

  test('and taken back when it still does not come up', async () => {
    const world = new HardenWorld();
    const before = await traces(world);
    world.behaviours = ['hangs'];
    world.clock.at(20_000, () => world.interruption.abort(new Error('Ctrl-C')));
    await apply(world, [waitMeasure()]);
    const next = world.afterRestart();
    expect(await apply(next, [waitMeasure()])).toMatchObject([{ outcome: 'taken-back' }]);
    expect(await traces(next)).toEqual(before);
  });

  test('a workload that is known to start slowly gets twice that time for each pod', async () => {
    const world = new HardenWorld();
    world.starts = new Map([['Deployment/nginx', { longestSeconds: 240, count: 1, longestAt: 0 }]]);
    world.behaviours = ['hangs'];
    const [result] = await apply(world, [waitMeasure()]);
    expect(result).toMatchObject({ outcome: 'taken-back', detail: expect.stringContaining('after 480 s') });
  });

  test('is refused where pods are replaced by hand only', async () => {
    const world = new HardenWorld(memoryJournal(), 'StatefulSet');
    await world.change({ updateStrategy: { type: 'OnDelete' } });
    expect(await apply(world, [waitMeasure('rekindle-wait', 'StatefulSet')])).toMatchObject([
      { outcome: 'refused', detail: expect.stringContaining('OnDelete') },
    ]);
  });

  test('the journal keeps which fields are set, not what they are set to: a probe may hold a password', async () => {
    const world = new HardenWorld();
    const exec = { command: ['check', '--password', 'opal-4711'] };
    const spec = { containers: [{ name: 'main', startupProbe: { exec } }] };
    const patch = { spec: { template: { spec } } };
    await apply(world, [{ ...waitMeasure(), change: { by: 'patch', patch, restarts: 1 } }]);
    const text = JSON.stringify(world.journal.events());
    expect(text).toContain('startupProbe');
    expect(text).not.toContain('opal');
  });

  test('does nothing without a journal', async () => {
    const store = memoryJournal();
    const world = new HardenWorld({
      ...store,
      append: (event, at) => {
        if (event.type === 'harden-intended') throw new Error('the disk is full');
        return store.append(event, at);
      },
    });
    const before = await traces(world);
    expect(await apply(world, [waitMeasure()])).toMatchObject([
      { outcome: 'failed', detail: expect.stringContaining('the disk is full') },
    ]);
    expect(await traces(world)).toEqual(before);
  });

  test('a ConfigMap that the DNS does not read is removed again', async () => {
    const world = new HardenWorld();
    const path = '/api/v1/namespaces/kube-system/configmaps/coredns-custom';
    world.readsZones = false;
    const results = await apply(world, [zone]);
    expect(results).toMatchObject([{ outcome: 'taken-back' }]);
    expect(await world.objects.get(path)).toBeUndefined();
  });
});
