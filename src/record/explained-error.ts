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
}

/** A failure of something outside this process; the message is one line: what, cause, place, next move. */
export class ExplainedError extends Error {
  override readonly name: string = 'ExplainedError';
  readonly place: string;
  readonly next: string;

  constructor(explanation: Explanation, options?: ErrorOptions) {
    const { what, cause, place, next } = explanation;
    super(`${what}: ${oneLine(cause)} (${place}). ${next}`, options);
    this.place = place;
    this.next = next;
  }
}

/** Error text of anything that was thrown, on one line; an AggregateError (one per address tried) gives its parts. */
export function causeText(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return [...new Set(error.errors.map((part) => causeText(part)))].join(', ');
  }
  return oneLine(error instanceof Error ? error.message || error.name : String(error));
}

/** The `code` of a system error (`ECONNREFUSED`), where there is one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
