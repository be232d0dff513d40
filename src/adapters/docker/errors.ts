import { causeText, errorCode, ExplainedError, type Explanation } from '../../record/explained-error.ts';

/** Why the engine could not be asked. */
export type EngineTrouble = 'socket-missing' | 'permission-denied' | 'no-answer' | 'misconfigured';

/** The container engine could not be asked: nothing is known about its containers, least of all that they are gone. */
export class EngineUnreachable extends ExplainedError {
  override readonly name = 'EngineUnreachable';
  readonly trouble: EngineTrouble;

  constructor(trouble: EngineTrouble, explanation: Explanation, options?: ErrorOptions) {
    super(explanation, options);
    this.trouble = trouble;
  }
}

/** The engine answered and refused, a command inside a container failed, or a file that it sent cannot be used. */
export class EngineRefused extends ExplainedError {
  override readonly name = 'EngineRefused';
  /** HTTP status of the engine; undefined for a failed command or an unusable file. */
  readonly status: number | undefined;

  constructor(status: number | undefined, explanation: Explanation) {
    super(explanation);
    this.status = status;
  }
}

/** EngineUnreachable for a failed connection, with what the user can do about it. */
export function engineUnreachable(endpoint: string, error: unknown): EngineUnreachable {
  const trouble = troubleOf(error);
  const next = {
    'socket-missing':
      'Start the engine (`sudo systemctl start docker`), or set DOCKER_HOST if it listens elsewhere.',
    'permission-denied':
      'Join the group that owns the socket (`sudo usermod -aG docker $USER`, then log in anew).',
    'no-answer':
      'The engine is starting or stuck: wait, then look at its log (`journalctl -u docker`); it may be stopped.',
    misconfigured: 'Check DOCKER_HOST and `docker context ls`.',
  }[trouble];
  const what = 'The container engine could not be asked';
  return new EngineUnreachable(
    trouble,
    { what, cause: causeText(error), place: endpoint, next, lasts: trouble === 'permission-denied' },
    { cause: error },
  );
}

function troubleOf(error: unknown): EngineTrouble {
  switch (errorCode(error)) {
    case 'ENOENT':
      return 'socket-missing';
    case 'EACCES':
    case 'EPERM':
      return 'permission-denied';
    case 'ENOTFOUND':
      return 'misconfigured';
    case undefined:
    default:
      return 'no-answer';
  }
}
