import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { noSupervisor } from '../ports/supervisor.ts';
import { keptAlive } from './kept-alive.ts';
import type { SdNotify } from './notify.ts';

const second = 1000;
const minute = 60 * second;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function manager(watchdogEveryMs: number | undefined): {
  readonly notify: SdNotify;
  readonly heard: number[];
} {
  const heard: number[] = [];
  const watchdog = () => void heard.push(performance.now());
  const notify = { ...noSupervisor, watchdog, watchdogEveryMs, flushed: () => Promise.resolve() };
  return { notify, heard };
}

test('the manager hears of it all the time while the loop takes minutes for a step', () => {
  const { notify, heard } = manager(10 * second);
  const supervisor = keptAlive(notify);
  for (let step = 0; step < 3; step += 1) {
    vi.advanceTimersByTime(10 * minute);
    supervisor.watchdog();
  }
  expect(heard).toHaveLength(180);
});

test('a loop that stands still is given up, and counts again when it moves', () => {
  const { notify, heard } = manager(10 * second);
  const supervisor = keptAlive(notify);
  vi.advanceTimersByTime(60 * minute);
  expect(heard).toHaveLength(90);
  supervisor.watchdog();
  vi.advanceTimersByTime(10 * second);
  expect(heard).toHaveLength(91);
});

test('a longer rest by its settings is no standstill', () => {
  const { notify, heard } = manager(10 * second);
  keptAlive(notify, { longestRestMs: 120 * minute });
  vi.advanceTimersByTime(120 * minute);
  expect(heard).toHaveLength(720);
});

test('after the end nothing is said, and without a watchdog nothing at all', () => {
  const watched = manager(10 * second);
  keptAlive(watched.notify).stopping();
  const unwatched = manager(undefined);
  keptAlive(unwatched.notify);
  vi.advanceTimersByTime(minute);
  expect(watched.heard).toEqual([]);
  expect(unwatched.heard).toEqual([]);
});
