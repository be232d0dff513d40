import { tryAcquireLock } from '../record/lock.ts';
import { lockPath } from '../record/paths.ts';
import { AnotherAgent } from './errors.ts';

/** Takes the place of the one agent of a cluster; gives it back when called. Throws AnotherAgent, LockUnavailable. */
export function becomeAgent(cluster: string): () => void {
  const lock = tryAcquireLock(lockPath(`${cluster} agent`), 'rekindle watch');
  if (lock.held) return lock.release;
  throw new AnotherAgent({
    what: 'Another agent watches this cluster already',
    cause: lock.by === undefined ? 'its name is not known yet' : `process ${lock.by.pid}, ${lock.by.command}`,
    place: cluster,
    next: 'See `rekindle service status`; end it first to run one by hand.',
  });
}
