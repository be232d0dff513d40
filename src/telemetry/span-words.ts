import { plainLine } from '../domain/plain-text.ts';
import { redact } from '../record/redact.ts';

/** More is not read in a viewer of traces, characters. */
const longest = 500;

/** A text as it may leave in a span: one line, without secrets, which go before anything is cut off. */
export function spanWords(text: string): string {
  return plainLine(redact(text), longest);
}
