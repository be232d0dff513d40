import type { Listener } from '../app/run-log.ts';

/** Shows the progress of a command on stderr; `end` is called once, and nothing is shown after it. */
export interface ProgressPrinter extends Listener {
  readonly end: () => void;
}
