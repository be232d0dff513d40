import type { NodeContainer } from './observation.ts';

/**
 * A container that the engine has started again by its restart policy and that has run for less than this may end again, ms.
 * The engine waits 0.1 s before it restarts one, then doubles that up to a minute (docs.docker.com, Start containers
 * automatically); nginx waits 10 s for a name server that does not answer.
 */
const steadyAfterMs = 60_000;

/** Whether the container does not run, or was started again so lately that this says nothing yet. */
export function isUnsteady(
  { state, restartCount, startedAt }: Pick<NodeContainer, 'state' | 'restartCount' | 'startedAt'>,
  now: number,
): boolean {
  return state !== 'running' || (restartCount > 0 && now - startedAt < steadyAfterMs);
}
