import process from 'node:process';

import type { StoredEvent } from '../domain/journal-event.ts';
import { plainLines } from '../domain/plain-text.ts';
import { redact } from '../record/redact.ts';
import { redactedFields } from '../record/redacted-fields.ts';
import { document } from '../report/json.ts';
import type { CommonOptions } from './options.ts';

/** What a command found, for people and for programs. */
export interface Answer {
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * The one way to standard output: the answer as text, or with `--json` as one document. Whatever it quotes, no secret
 * that this process has read is in it, and nothing that a terminal would obey.
 */
export function answer(
  { json }: Pick<CommonOptions, 'json'>,
  command: string,
  { text, json: body }: Answer,
): void {
  process.stdout.write(
    json === true ? document(command, redactedFields(body, redact)) : `${plainLines(redact(text))}\n`,
  );
}

/** The same for standard error; `dress` gives what is safe to show its time and its colour. */
export function tell(text: string, dress: (plain: string) => string = String): void {
  process.stderr.write(`${dress(plainLines(redact(text)))}\n`);
}

/** One event as a line of JSON on standard output, for commands that do not end. */
export function tellEvent(event: StoredEvent): void {
  process.stdout.write(`${JSON.stringify(redactedFields(event, redact))}\n`);
}
