import { ExplainedError } from '../record/explained-error.ts';

/** The command was understood and cannot be meant: nothing was asked and nothing was done. */
export class UsageError extends ExplainedError {
  override readonly name = 'UsageError';
}

/** Another process of this machine is at work on the same cluster. */
export class AnotherAtWork extends ExplainedError {
  override readonly name = 'AnotherAtWork';
}

/** Another agent watches this cluster already. */
export class AnotherAgent extends ExplainedError {
  override readonly name = 'AnotherAgent';
}
