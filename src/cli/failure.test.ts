import { CommanderError } from 'commander';
import { expect, test } from 'vitest';

import { RestoreRefused } from '../backup/postgres/restore-beside.ts';
import { CommandMisused, failureOf } from './failure.ts';

test('a restore that was refused ends with 1: 2 would say that nobody knows', () => {
  const error = new RestoreRefused({
    what: 'The database is not restored',
    cause: 'it has rows already',
    place: 'here',
    next: 'Look where they come from.',
  });
  const failure = failureOf(error, new AbortController().signal);
  expect(failure).toMatchObject({ code: 1, kind: 'RestoreRefused' });
});

const never = new AbortController().signal;

function misused(command: string, exitCode: number, code: string, message: string) {
  return failureOf(new CommandMisused(command, new CommanderError(exitCode, code, message)), never);
}

test.each([
  [
    "error: option '--timeout <time>' argument '5' is invalid. write a time as 90s, 5m or 1h.",
    "option '--timeout <time>' argument '5' is invalid: write a time as 90s, 5m or 1h. See: rekindle step run --help",
  ],
  [
    "error: missing required argument 'name'",
    "missing required argument 'name'. See: rekindle step run --help",
  ],
  [
    "error: unknown option '--jsn'\n(Did you mean --json?)",
    "unknown option '--jsn' (Did you mean --json?) See: rekindle step run --help",
  ],
])('wrong use leads to the help of the very command: %s', (said, message) => {
  expect(misused('rekindle step run', 1, 'commander.error', said)).toMatchObject({ code: 64, message });
});

test.each([
  ['rekindle', 'A command is missing, or there is none of that name. Begin with: rekindle diagnose'],
  [
    'rekindle backup',
    'A command is missing, or there is none of that name. Choose one of those above: rekindle backup ...',
  ],
])('%s without a command has printed what there is', (command, message) => {
  expect(misused(command, 1, 'commander.help', '(outputHelp)')).toMatchObject({ code: 64, message });
});

test('help that was asked for is no failure', () => {
  expect(misused('rekindle up', 0, 'commander.help', '(outputHelp)')).toBeUndefined();
});
