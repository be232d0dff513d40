import { performance } from 'node:perf_hooks';

import type { Supervisor } from '../ports/supervisor.ts';
import type { SdNotify } from './notify.ts';

/**
 * Longest time that the agent's loop may take from one sign of life to the next, ms: k3d may need minutes to start a
 * cluster, and the user may set longer pauses between two looks (`longestRestMs`).
 */
const longestStepMs = 900_000;

export interface KeptAliveOptions {
  /** Longest time that the agent rests by its settings, ms. */
  readonly longestRestMs?: number;
  readonly now?: () => number;
}

/**
 * Between a loop that gives a sign of life with each step, however long that takes, and a service manager that wants one
 * every few seconds. A process that hangs or was stopped gives none, and is ended within WatchdogSec; a loop
 * that stands still in a process that works is, after `longestStepMs`.
 */
export function keptAlive(
  notify: SdNotify,
  { longestRestMs = 0, now = () => performance.now() }: KeptAliveOptions = {},
): Supervisor {
  const { watchdogEveryMs } = notify;
  if (watchdogEveryMs === undefined) return notify;
  const patienceMs = longestStepMs + longestRestMs;
  let movedAt = now();
  const timer = setInterval(() => {
    if (now() - movedAt <= patienceMs) notify.watchdog();
  }, watchdogEveryMs);
  timer.unref();
  return {
    ready: notify.ready,
    status: notify.status,
    watchdog: () => {
      movedAt = now();
    },
    stopping: () => {
      clearInterval(timer);
      notify.stopping();
    },
  };
}
