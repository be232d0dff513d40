import { expect, test } from 'vitest';

import { boot, container, healthy, now, pod, stack } from '../../test/fakes/observation.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { saw } from '../domain/looked.ts';
import type { PodFacts } from '../domain/observation.ts';
import type { Stack } from '../domain/stack.ts';
import { measuredStarts, usualStarts } from './measured-starts.ts';

const labels = { app: 'web' };
const known: Stack = {
  ...stack,
  components: [
    {
      ref: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      adapter: 'web',
      dependsOn: [],
      why: 'test',
      podLabels: labels,
    },
  ],
};

function measured(...pods: readonly Partial<PodFacts>[]) {
  const all = pods.map((changes, index) => pod(`web-${index}`, { labels, ...changes }));
  return measuredStarts(healthy({ pods: saw(all, 'API', now) }), known, boot);
}

const startedAt = boot + 5000;

test('the slowest pod of a component tells how long its start takes', () => {
  const containers = [container({ startedAt })];
  const ready = (seconds: number) => ({ containers, readySince: startedAt + seconds * 1000 });
  expect(measured(ready(3), ready(12))).toEqual({ 'Deployment/web': 12 });
  expect(measured(ready(3), { ...ready(60), ready: false })).toEqual({ 'Deployment/web': 3 });
});

test('what was not seen to become ready, or started before, says nothing', () => {
  const containers = [container({ startedAt })];
  expect(measured({ containers })).toEqual({});
  expect(measured({ containers, readySince: startedAt - 1000 })).toEqual({});
  expect(measured({ containers: [container({ startedAt: boot - 60_000 })], readySince: now })).toEqual({});
});

test('time in which it could only wait for what it needs is not its own', () => {
  const [web] = known.components;
  if (web === undefined) throw new Error('the stack has no component');
  const database = { ...web, ref: { ...web.ref, name: 'db' }, podLabels: { app: 'db' } };
  const needing = { ...known, components: [{ ...web, dependsOn: ['Deployment/db'] }, database] };
  const containers = [container({ startedAt })];
  const pods = [
    pod('db-0', { labels: { app: 'db' }, containers, readySince: startedAt + 200_000 }),
    pod('web-0', { labels, containers, readySince: startedAt + 205_000 }),
  ];
  const observed = healthy({ pods: saw(pods, 'API', now) });
  expect(measuredStarts(observed, needing, boot)).toEqual({ 'Deployment/db': 200, 'Deployment/web': 5 });
});

test('usual is the median of the last five starts', () => {
  const events = [240, 10, 20, 30, 40, 50].map((seconds, seq): StoredEvent => ({
    type: 'starts-measured',
    run: 'r',
    seconds: { 'Deployment/web': seconds },
    seq,
    at: seq,
  }));
  expect(usualStarts(events).get('Deployment/web')).toBe(30);
  expect(usualStarts([]).size).toBe(0);
});
