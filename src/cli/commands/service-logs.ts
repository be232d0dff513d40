import process from 'node:process';

import { plainLines } from '../../domain/plain-text.ts';
import { redact } from '../../record/redact.ts';
import { followLines, lastLines } from '../../service/logs.ts';
import { here, managerFor } from '../../service/prepare.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import type { LogsOptions } from './service-options.ts';
import { scopeOf } from './service-scope.ts';

const usualLines = 50;

/** `rekindle service logs`: what the agent wrote, from the journal of systemd. */
export async function serviceLogsCommand(
  options: CommonOptions & LogsOptions,
  signal: AbortSignal,
): Promise<number> {
  const { follow = false, lines = usualLines, json = false } = options;
  if (follow && json) {
    throw new UsageError({
      what: 'Both --follow and --json were given',
      cause: 'one JSON document has an end',
      place: 'rekindle service logs',
      next: 'Leave one of them away, or ask journalctl: journalctl -u rekindle.service -f -o json',
    });
  }
  const now = here(version());
  const manager = await managerFor(scopeOf(options), now, 'read');
  if (follow) {
    const show = (line: string) => void process.stdout.write(`${plainLines(redact(line))}\n`);
    await followLines(manager, lines, show, signal);
    return exitCodes.interrupted;
  }
  const found = await lastLines(manager, lines, now.run);
  const none =
    'The agent has written nothing that this user may read. With a system unit: add --system, and sudo.';
  answer(options, 'service-logs', {
    text: found.length === 0 ? none : found.join('\n'),
    json: { lines: found },
  });
  return exitCodes.healthy;
}
