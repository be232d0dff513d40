import process from 'node:process';
import type { WriteStream } from 'node:tty';

import pc from 'picocolors';

import { livePrinter } from './live-printer.ts';
import type { CommonOptions } from './options.ts';
import { plainPrinter } from './plain-printer.ts';
import type { ProgressPrinter } from './progress-printer.ts';

interface Terminal {
  /** Of a pipe neither is there. */
  readonly stream: Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A picture needs room for the name of a layer; a terminal that does not know its width says 0, columns. */
const narrowestPicture = 20;

/**
 * Whether colours and cursor movements belong on this stream: only on a terminal that knows them, for people who have
 * not asked for plain text (no-color.org). Standard error counts, for nothing else is coloured; that a continuous
 * integration may show colours is no reason to write escape codes into its log.
 */
export function takesEscapes({ stream, environment }: Terminal): boolean {
  const plain = Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb';
  return stream.isTTY === true && !plain;
}

/** Whether progress is a picture that is drawn in place: where there is room for it and nobody asked for every detail or for JSON. */
export function drawsInPlace(
  { json, verbose }: Pick<CommonOptions, 'json' | 'verbose'>,
  terminal: Terminal,
): boolean {
  const fits = (terminal.stream.columns ?? 0) >= narrowestPicture;
  return takesEscapes(terminal) && fits && json !== true && verbose !== true;
}

/** The printer for one command; `live` when it goes on until something is proven. */
export function progressPrinter(options: CommonOptions, live: boolean): ProgressPrinter {
  const terminal = { stream: process.stderr, environment: process.env };
  const colors = pc.createColors(takesEscapes(terminal));
  return live && drawsInPlace(options, terminal)
    ? livePrinter(process.stderr, colors)
    : plainPrinter(options.verbose === true, colors);
}
