import { expect, test } from 'vitest';

import { memoryJournal } from '../../../test/fakes/memory-journal.ts';
import { systemClock } from '../../app/clock.ts';
import type { Remains } from '../../ports/cluster-maker.ts';
import type { RebuildContext, RebuildStep } from './context.ts';
import { NotDecrypted } from '../encryption.ts';
import { RestoreRefused } from '../postgres/restore-beside.ts';
import { PartDiffers } from '../store-part.ts';
import { ArchiveUnusable } from '../uploads/tar-entries.ts';
import { rebuildState } from './rebuild-state.ts';
import { runRebuild } from './run-rebuild.ts';

const meant = { cluster: 'shop', backup: 'b-1' };
const names = ['images', 'cluster', 'objects', 'data', 'workloads'];

/** A machine with a journal and a cluster that steps change, for as many runs as it takes. */
function world() {
  const journal = memoryJournal();
  const did: string[] = [];
  let remains: Remains = { containers: [], volumes: [] };
  const state = () => {
    const events = journal.events({ types: ['rebuild-began', 'rebuild-step', 'rebuild-ended'] });
    return rebuildState(remains, events, meant);
  };
  const step = (id: string, kill: (at: string) => void): RebuildStep => ({
    id,
    title: id,
    run: (context) => {
      kill(`before ${id}`);
      did.push(id);
      if (id === 'cluster') {
        const labels = { 'rekindle.dev/restore': context.restore };
        remains = { containers: [{ name: 'k3d-shop-server-0', role: 'server', labels }], volumes: [] };
      }
      kill(`after ${id}`);
      return Promise.resolve(`did ${id}`);
    },
  });
  const run = async (kill: (at: string) => void, signal = new AbortController().signal) => {
    const found = state();
    if (found.kind === 'occupied') throw new Error(found.why);
    const restore = found.kind === 'begun' ? found.restore : `restore-${did.length}`;
    if (found.kind === 'fresh')
      journal.append({ type: 'rebuild-began', run: 'r', restore, place: '/b', ...meant }, 0);
    const begun = found.kind === 'begun' ? found.begun : new Set<string>();
    const context = {
      clock: systemClock,
      signal,
      restore,
      backup: { manifest: { id: 'b-1' } },
      wasBegun: (id: string) => begun.has(id),
    } as unknown as RebuildContext;
    const done = found.kind === 'begun' ? found.done : new Set<string>();
    return runRebuild(
      context,
      names.map((id) => step(id, kill)),
      { run: 'r', record: (event) => void journal.append(event, 0), done },
    );
  };
  return { run, did, journal, state };
}

const points = names.flatMap((name) => [`before ${name}`, `after ${name}`]);

test.each(points)(
  'killed right %s, the next run goes on there and does nothing twice that was done',
  async (point) => {
    const { run, did } = world();
    await expect(
      run((at) => {
        if (at === point) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    const before = [...did];
    const results = await run(() => undefined);
    // Only the step that was under way may be taken again.
    const again = point.startsWith('after') ? [before.at(-1) ?? ''] : [];
    // Before the cluster is there, nothing says how far an earlier run came, and its steps are repeated.
    const repeated = before.includes('cluster') || did.length === 0 ? again : before;
    expect(did).toEqual([
      ...before,
      ...names.filter((name) => !before.includes(name) || repeated.includes(name)),
    ]);
    expect(results.map(({ id }) => id)).toEqual(names);
  },
);

test('between two steps it ends when it is asked to, and goes on later', async () => {
  const { run, did } = world();
  const stop = new AbortController();
  const asked = run((at) => {
    if (at === 'after objects') stop.abort(new Error('interrupted'));
  }, stop.signal);
  await expect(asked).rejects.toThrow('interrupted');
  expect(did).toEqual(['images', 'cluster', 'objects']);
  await run(() => undefined);
  expect(did).toEqual(names);
});

test('the journal has each step before it is done and after', async () => {
  const { run, journal } = world();
  await run(() => undefined);
  const phases = journal
    .events({ types: ['rebuild-step'] })
    .map((event) => (event.type === 'rebuild-step' ? `${event.step} ${event.phase}` : ''));
  expect(phases).toEqual(names.flatMap((name) => [`${name} intended`, `${name} done`]));
});

const words = { what: 'The database is not restored', cause: 'it has rows', place: 'pod', next: 'Drop it.' };

test.each([
  new RestoreRefused(words),
  new NotDecrypted(words),
  new PartDiffers('shop.dump.age is not the file that was stored'),
  new ArchiveUnusable('the archive has a name that leads out of its folder'),
])('a step that refuses, or whose part is damaged, is a refusal: $name', async (error) => {
  const { run, journal } = world();
  const asked = run((at) => {
    if (at === 'before data') throw error;
  });
  await expect(asked).rejects.toMatchObject({
    name: 'RebuildRefused',
    message: expect.stringContaining(error.message.split(':', 1)[0] ?? ''),
    cause: error,
  });
  const phases = journal.events({ types: ['rebuild-step'] });
  expect(phases.at(-1)).toMatchObject({ step: 'data', phase: 'failed' });
});
