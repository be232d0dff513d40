import { expect, test } from 'vitest';

import type { JournalEvent, StoredEvent } from '../../domain/journal-event.ts';
import type { Remains } from '../../ports/cluster-maker.ts';
import { rebuildState } from './rebuild-state.ts';

const meant = { cluster: 'shop', backup: 'b-1' };
const began: JournalEvent = { type: 'rebuild-began', run: 'r', restore: 'one', place: '/b', ...meant };
const step = (name: string, phase: 'intended' | 'done'): JournalEvent => ({
  type: 'rebuild-step',
  run: 'r',
  restore: 'one',
  step: name,
  phase,
  detail: '',
  seconds: 0,
});
const ended: JournalEvent = { type: 'rebuild-ended', run: 'r', restore: 'one', proven: true, seconds: 1 };

const stored = (...events: readonly JournalEvent[]): readonly StoredEvent[] =>
  events.map((event, index) => Object.assign({ seq: index + 1, at: index }, event));

const node = (role: 'server' | 'agent' | 'other', restore?: string) => ({
  name: `k3d-shop-${role}`,
  role,
  labels: restore === undefined ? {} : { 'rekindle.dev/restore': restore },
});
const there = (...containers: Remains['containers']): Remains => ({
  containers,
  volumes: ['k3d-shop-images'],
});
const nothing: Remains = { containers: [], volumes: [] };

const made = stored(began, step('cluster', 'intended'), step('cluster', 'done'), step('data', 'intended'));
const half = stored(began, step('cluster', 'intended'));

test('where there is nothing of that name it begins anew, whatever was before', () => {
  expect(rebuildState(nothing, [], meant)).toEqual({ kind: 'fresh' });
  expect(rebuildState(nothing, made, meant)).toEqual({ kind: 'fresh' });
});

test('its own cluster is gone on with where it was left', () => {
  expect(rebuildState(there(node('server', 'one'), node('agent', 'one')), made, meant)).toEqual({
    kind: 'begun',
    restore: 'one',
    done: new Set(['cluster']),
    begun: new Set(['data']),
    hasHalf: false,
  });
});

test('what k3d has half made in an interrupted run is its own as well, and nothing else is', () => {
  expect(rebuildState(there(node('server', 'one')), half, meant)).toMatchObject({
    kind: 'begun',
    hasHalf: true,
  });
  expect(rebuildState(there(node('other')), half, meant)).toMatchObject({ kind: 'begun', hasHalf: true });
  expect(rebuildState(there(), half, meant)).toMatchObject({ kind: 'begun', hasHalf: false });
});

test.each<[string, Remains, readonly StoredEvent[], RegExp]>([
  ['somebody’s cluster', there(node('server')), made, /a cluster shop already/],
  ['a cluster of which one node is somebody’s', there(node('server', 'one'), node('agent')), made, /already/],
  ['a restore that this machine knows nothing of', there(node('server', 'two')), made, /already/],
  ['a cluster of that name that was made while nobody looked', there(node('server')), half, /already/],
  ['a volume alone', there(), [], /something of cluster shop already: k3d-shop-images/],
  [
    'a stack that was restored and is in use',
    there(node('server', 'one')),
    [...made, ...stored(ended)],
    /is there/,
  ],
])('%s is never touched', (_name, remains, events, why) => {
  const state = rebuildState(remains, events, meant);
  expect(state).toMatchObject({ kind: 'occupied', why: expect.stringMatching(why) });
});

test('a restore of another backup is named, with the command that goes on with it', () => {
  const state = rebuildState(there(node('server', 'one')), made, { cluster: 'shop', backup: 'b-2' });
  expect(state).toMatchObject({
    kind: 'occupied',
    next: expect.stringContaining('restore b-1 --from-nothing'),
  });
});
