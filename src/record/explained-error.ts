import { plainLine } from '../domain/plain-text.ts';
import { redact } from './redact.ts';

/** A list of names or a path that is longer than this is cut, characters. */
const longest = 2000;

/** What a person needs to know about a failure: one line each, without secrets. */
export interface Explanation {
  /** What failed, as the start of a sentence. */
  readonly what: string;
  /** Why, in the words of whoever refused or failed. */
  readonly cause: string;
  /** Where: an address, a path, a file. */
  readonly place: string;
  /** What the user can do next. */
  readonly next: string;
  /** Nothing but a person's hand mends it: whoever waits for better times need not wait. */
  readonly lasts?: boolean;
}

/**
 * A failure of something outside this process; the message is one line: what, cause, place, next move. The words of
 * others in it can be shown anywhere.
 */
export class ExplainedError extends Error {
  override readonly name: string = 'ExplainedError';
  /** The cause, in the words of whoever refused or failed. */
  readonly reason: string;
  readonly place: string;
  readonly next: string;
  readonly lasts: boolean;

  constructor(explanation: Explanation, options?: ErrorOptions) {
    const { what } = explanation;
    // Without secrets before anything is cut off: half of one would not be known again.
    const reason = plainLine(redact(explanation.cause), longest);
    const place = plainLine(explanation.place, longest);
    const next = plainLine(explanation.next, longest);
    super(`${plainLine(what, longest)}: ${reason} (${place}). ${next}`, options);
    this.reason = reason;
    this.place = place;
    this.next = next;
    this.lasts = explanation.lasts ?? false;
  }
}

/** Error text of anything that was thrown, on one line; an AggregateError (one per address tried) gives its parts. */
export function causeText(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return [...new Set(error.errors.map((part) => causeText(part)))].join(', ');
  }
  return plainLine(redact(error instanceof Error ? error.message || error.name : String(error)));
}

/** The `code` of a system error (`ECONNREFUSED`), where there is one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}
