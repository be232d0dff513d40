import { ExplainedError } from '../record/explained-error.ts';

/** The service is not installed, removed or asked, for a reason that a person can change. Nothing was changed. */
export class ServiceRefused extends ExplainedError {
  override readonly name = 'ServiceRefused';
}

/** The service manager, or a tool of it, failed; what was begun has been taken back as far as the message says. */
export class ServiceFailed extends ExplainedError {
  override readonly name = 'ServiceFailed';
}
