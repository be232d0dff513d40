import process from 'node:process';
import type { WriteStream } from 'node:tty';

import { livePrinter } from './live-printer.ts';
import type { CommonOptions } from './options.ts';
import { plainPrinter } from './plain-printer.ts';
import type { ProgressPrinter } from './progress-printer.ts';

interface Terminal {
  readonly stream: Pick<WriteStream, 'isTTY'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether progress is a picture that is drawn in place: only for people at a terminal who have not asked for plain
 * text (no-color.org), for every detail or for JSON.
 */
export function drawsInPlace(
  { json, verbose }: Pick<CommonOptions, 'json' | 'verbose'>,
  { stream, environment }: Terminal,
): boolean {
  const plain = Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb';
  return stream.isTTY && !plain && json !== true && verbose !== true;
}

/** The printer for one command; `live` when it goes on until something is proven. */
export function progressPrinter(options: CommonOptions, live: boolean): ProgressPrinter {
  const terminal = { stream: process.stderr, environment: process.env };
  return live && drawsInPlace(options, terminal)
    ? livePrinter(process.stderr)
    : plainPrinter(options.verbose === true);
}
