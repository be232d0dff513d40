import { tryAcquireLock } from '../record/lock.ts';
import { lockPath } from '../record/paths.ts';
import { AnotherAtWork } from './errors.ts';

/** Does the work while this process holds the cluster's lock. Throws AnotherAtWork, LockUnavailable. */
export async function holdingLock<T>(cluster: string, command: string, work: () => Promise<T>): Promise<T> {
  const lock = tryAcquireLock(lockPath(cluster), command);
  if (!lock.held) {
    const holder = lock.by === undefined ? 'its name is not known yet' : `process ${lock.by.pid}`;
    throw new AnotherAtWork({
      what: 'Another rekindle is at work on this cluster',
      cause: lock.by === undefined ? holder : `${holder}, ${lock.by.command}`,
      place: cluster,
      next: 'Wait for it, or end it first.',
    });
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
