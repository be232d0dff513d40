import { oneLine } from '../../observe/look.ts';
import { ExplainedError } from '../../record/explained-error.ts';

/** Why something could not be read, in the words of whoever refused: without the address, which says nothing about the stack. */
export function whyOf(error: unknown): string {
  return error instanceof ExplainedError ? error.reason : oneLine(error);
}
