import { randomUUID } from 'node:crypto';

import { systemClock } from '../../app/clock.ts';
import { chosenTarget, readInputs } from '../../app/wire.ts';
import type { JournalEvent } from '../../domain/journal-event.ts';
import { dateTime } from '../../domain/time-stamp.ts';
import { longestPauseMs } from '../../watch/pause.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { PauseOptions } from './pause-options.ts';
import { parseDuration, type CommonOptions } from '../options.ts';

function parsed(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new UsageError({
      what: 'The pause has no length',
      cause: `"${text}" is no time`,
      place: 'rekindle pause',
      next: 'Write a number with s, m or h: rekindle pause 2h',
    });
  }
}

/** How long a pause is, from what was typed, ms. Throws UsageError. */
export function pauseMs(text: string): number {
  const ms = parsed(text);
  if (ms <= longestPauseMs) return ms;
  throw new UsageError({
    what: 'The pause is too long',
    cause: `a pause that is forgotten must end by itself: ${longestPauseMs / 3_600_000} hours at most`,
    place: 'rekindle pause',
    next: 'Pause again when it ends, or stop the agent: rekindle service uninstall.',
  });
}

/** Writes what the agent of the chosen cluster reads; its name. */
async function tellAgent(
  options: CommonOptions,
  signal: AbortSignal,
  event: (cluster: string) => JournalEvent,
): Promise<string> {
  const inputs = readInputs({ ...options, signal });
  try {
    const { cluster } = await chosenTarget(inputs);
    inputs.store.append(event(cluster), systemClock.now());
    return cluster;
  } finally {
    inputs.store.close();
  }
}

/** `rekindle pause 2h --reason TEXT`: the agent acts on nothing until then. `rekindle up` still works. */
export async function pauseCommand(
  options: CommonOptions & PauseOptions,
  signal: AbortSignal,
  [time = '']: readonly string[],
): Promise<number> {
  const { reason = 'no reason given' } = options;
  const until = systemClock.now() + pauseMs(time);
  const run = randomUUID();
  const cluster = await tellAgent(options, signal, (name) => ({
    type: 'paused',
    run,
    cluster: name,
    until,
    reason,
  }));
  const text =
    `Paused until ${dateTime(until)}: the agent looks at ${cluster} and acts on nothing. ` +
    'End it earlier with `rekindle resume`.';
  answer(options, 'pause', { text, json: { cluster, until, reason } });
  return exitCodes.healthy;
}

/** `rekindle resume`: ends a pause. */
export async function resumeCommand(options: CommonOptions, signal: AbortSignal): Promise<number> {
  const run = randomUUID();
  const cluster = await tellAgent(options, signal, (name) => ({ type: 'resumed', run, cluster: name }));
  answer(options, 'resume', { text: `The agent acts again on ${cluster}.`, json: { cluster } });
  return exitCodes.healthy;
}
