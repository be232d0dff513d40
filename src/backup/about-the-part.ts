import { ProgramFailed } from './program-output.ts';

/**
 * Errors of the cluster, by their names, that are about one pod or container: it is gone, does not run, or has no such program. Anything
 * else, a connection that broke for example, would stop the other parts as well.
 */
const ofOneContainer: ReadonlySet<string> = new Set(['ProgramNotStarted', 'NotFound']);

/** Whether an error that one part was taken with leaves the others as they are. */
export function isAboutThePart(error: unknown): error is Error {
  return error instanceof ProgramFailed || (error instanceof Error && ofOneContainer.has(error.name));
}
