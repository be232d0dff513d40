import { describe, expect, test } from 'vitest';

import { VirtualClock } from '../../test/fakes/virtual-clock.ts';
import { memoryJournal } from '../../test/fakes/memory-journal.ts';
import type { JournalEvent } from '../domain/journal-event.ts';
import type { ContainerEvent } from '../ports/cluster-provider.ts';
import type { ObjectChange } from '../ports/cluster.ts';
import { followContainers, PodChanges } from './feeds.ts';
import { StopsByHand } from './stops-by-hand.ts';

const shop = { cluster: 'shop', context: 'k3d-shop' };

/** What an agent remembers, in this boot unless another one is named. */
function stopsByHand(journal = memoryJournal(), boot = 'this boot', target = shop): StopsByHand {
  const record = (event: JournalEvent) => journal.append(event, 0);
  return new StopsByHand({ journal, record, run: 'agent', boot, target: () => target });
}

const happened = (action: string, name = 'server-0'): ContainerEvent => ({
  name,
  role: 'server',
  action,
  at: 1_795_000_000_000,
});

/** Follows an engine that plays these streams one after the other; the last one stays open until the time is up. */
async function followed(streams: readonly (readonly ContainerEvent[] | Error)[], ms = 60_000) {
  const clock = new VirtualClock(0);
  const stop = new AbortController();
  clock.at(ms, () => stop.abort(new Error('over')));
  const stops = stopsByHand();
  const pokes: string[] = [];
  const said: string[] = [];
  const opened: number[] = [];
  await followContainers({
    clock,
    signal: stop.signal,
    cluster: 'shop',
    stops,
    poke: (reason) => pokes.push(reason),
    say: (line) => said.push(line),
    provider: {
      follow: async (_cluster, take, signal) => {
        const stream = streams[opened.length];
        opened.push(clock.monotonic());
        if (stream instanceof Error) throw stream;
        for (const event of stream ?? []) take(event);
        await clock.sleep(opened.length < streams.length ? 5000 : ms * 2, signal);
      },
    },
  });
  return { pokes, said, opened, stops };
}

describe('events of the container engine', () => {
  test('are reasons to look, and a node that somebody stopped is remembered', async () => {
    const { pokes, stops } = await followed([[happened('kill'), happened('die'), happened('stop')]]);
    expect(pokes).toEqual(['server-0: die', 'server-0: stop']);
    expect(stops.text).toMatch(/stopped by hand: server-0 at/);
  });

  test('say nothing of a node that died by itself', async () => {
    const { stops } = await followed([[happened('die')]]);
    expect(stops.text).toBeUndefined();
  });

  test('an engine that goes has stopped everything, which was nobody’s wish', async () => {
    const { pokes, stops } = await followed([[happened('stop')], []]);
    expect(stops.text).toBeUndefined();
    expect(pokes).toContain('the container engine ended its events');
  });

  test('a stop by hand holds until the node is started or seen running', async () => {
    const again = await followed([[happened('stop'), happened('start')]]);
    expect(again.stops.text).toBeUndefined();
    const seen = await followed([[happened('stop')]]);
    seen.stops.seen([{ name: 'server-0', state: 'exited' }]);
    expect(seen.stops.text).toBeDefined();
    seen.stops.seen([{ name: 'server-0', state: 'running' }]);
    expect(seen.stops.text).toBeUndefined();
  });

  test('a stop by hand outlives the agent, and neither the boot nor its end', () => {
    const journal = memoryJournal();
    stopsByHand(journal).take(happened('stop'));
    expect(stopsByHand(journal).text).toMatch(/stopped by hand: server-0 at/);
    expect(stopsByHand(journal, 'another boot').text).toBeUndefined();
    const other = { cluster: 'office', context: 'k3d-office' };
    expect(stopsByHand(journal, 'this boot', other).text).toBeUndefined();
    stopsByHand(journal).seen([{ name: 'server-0', state: 'running' }]);
    expect(stopsByHand(journal).text).toBeUndefined();
    expect(journal.events()).toHaveLength(2);
  });

  test('are asked for again and again, ever more slowly, while there is no engine', async () => {
    const broken = Array.from({ length: 20 }, () => new Error('connect ECONNREFUSED'));
    const { opened, pokes } = await followed(broken, 120_000);
    expect(opened.slice(0, 6)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000]);
    expect(pokes[0]).toBe('the container engine: connect ECONNREFUSED');
  });

  test('that are refused are asked for again, slowly, and that is said once', async () => {
    const refusal = Object.assign(new Error('no'), { name: 'Forbidden' });
    const { opened, said, pokes } = await followed([refusal, refusal, refusal, [happened('die')]], 120_000);
    expect(opened).toEqual([0, 30_000, 60_000, 90_000]);
    expect(said).toEqual([expect.stringMatching(/only looks from time to time/)]);
    expect(pokes).toEqual(['server-0: die']);
  });
});

const change = (type: ObjectChange['type'], ready: boolean, owner = 'ReplicaSet'): ObjectChange => ({
  type,
  object: {
    metadata: { name: 'web', uid: 'u', ownerReferences: [{ kind: owner, name: 'o', controller: true }] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  },
});

test('an API server that refuses once after a boot is nothing to tell', async () => {
  const refusal = Object.assign(new Error('no'), { name: 'Forbidden' });
  const { said, pokes } = await followed([refusal, [happened('die')]], 60_000);
  expect(said).toEqual([]);
  expect(pokes).toEqual(['server-0: die']);
});

describe('changes of pods', () => {
  test.each<readonly [string, readonly ObjectChange[], readonly (string | undefined)[]]>([
    [
      'one that comes up',
      [change('ADDED', false), change('MODIFIED', false), change('MODIFIED', true)],
      [undefined, undefined, undefined],
    ],
    [
      'one that falls over',
      [change('MODIFIED', true), change('MODIFIED', false), change('MODIFIED', false)],
      [undefined, 'pod web is not ready any more', undefined],
    ],
    ['one that falls over at first sight', [change('MODIFIED', false)], ['pod web is not ready any more']],
    ['one that goes', [change('DELETED', true)], ['pod web is gone']],
    [
      'one of a job',
      [change('MODIFIED', false, 'Job'), change('DELETED', false, 'Job')],
      [undefined, undefined],
    ],
  ])('%s', (_name, changes, reasons) => {
    const pods = new PodChanges();
    expect(changes.map((entry) => pods.take(entry))).toEqual(reasons);
  });
});
