import {
  hostLockName,
  tryAcquireHostLock,
  type HostLockClaim,
  type LockedCluster,
} from '../record/host-lock.ts';
import { tryAcquireLock } from '../record/lock.ts';
import { lockPath } from '../record/paths.ts';
import { AnotherAtWork } from './errors.ts';

/**
 * Does the work while this process holds the cluster's two locks: that of this user's state folder, and the one that
 * all users of this machine see. Throws AnotherAtWork, LockUnavailable.
 */
export async function holdingLock<T>(
  locked: LockedCluster,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  const { cluster } = locked;
  const own = tryAcquireLock(lockPath(cluster), command);
  if (!own.held) {
    const cause =
      own.by === undefined ? 'its name is not known yet' : `process ${own.by.pid}, ${own.by.command}`;
    throw atWork(cluster, cause, 'Wait for it, or end it first.');
  }
  try {
    const host = await tryAcquireHostLock(locked, command);
    if (!host.held) throw heldByClaimant(locked, host.by);
    try {
      return await work();
    } finally {
      host.release();
    }
  } finally {
    own.release();
  }
}

function atWork(place: string, cause: string, next: string): AnotherAtWork {
  return new AnotherAtWork({ what: 'Another rekindle is at work on this cluster', cause, place, next });
}

/** The holder may be another user's; what it says of itself is checked against the kernel's word as far as that goes. */
function heldByClaimant(locked: LockedCluster, claim: HostLockClaim | undefined): AnotherAtWork {
  const shown = `\`sudo ss -xlp | grep ${hostLockName(locked).slice(1)}\``;
  if (claim === undefined)
    return atWork(locked.cluster, 'it does not say who it is', `See which process it is: ${shown}.`);
  const { pid, command, user } = claim;
  if (user === undefined) {
    const cause = `it says that it is process ${pid}, ${command}, which cannot be seen`;
    return atWork(locked.cluster, cause, `See which process it is: ${shown}.`);
  }
  const next = `Wait for it, or end it first; if that is no rekindle, see who has the lock: ${shown}.`;
  return atWork(locked.cluster, `process ${pid} of user ${user}, ${command}`, next);
}
