import { expect, test } from 'vitest';

import { backOffSeconds, sighting } from './pod-watch.ts';

const seen = (at: number, pod: string, isBackingOff: boolean) => ({ at: at * 1000, pod, isBackingOff });

test('each stretch in the back-off counts, the last one until the end', () => {
  const sightings = [
    seen(0, 'nginx-1', false),
    seen(2, 'nginx-1', true),
    seen(5, 'nginx-1', true),
    seen(12, 'nginx-1', false),
    seen(14, 'nginx-1', true),
    seen(10, 'redis-0', true),
    seen(15, 'django-1', false),
  ];
  expect(backOffSeconds(sightings, 20_000)).toEqual({ 'nginx-1': 16, 'redis-0': 10 });
});

test.each([
  ['nginx-1   <none>   <none>', { pod: 'nginx-1', isBackingOff: false }],
  ['nginx-1   CrashLoopBackOff   <none>', { pod: 'nginx-1', isBackingOff: true }],
  ['django-1  PodInitializing,Other   CrashLoopBackOff', { pod: 'django-1', isBackingOff: true }],
])('a line of the watch: %s', (line, wanted) => {
  expect(sighting(line, 7)).toEqual({ at: 7, ...wanted });
});

test('an empty line says nothing', () => {
  expect(sighting('', 7)).toBeUndefined();
});
