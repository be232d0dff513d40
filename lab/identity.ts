import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** Everything that names one lab. The build cache is shared by all labs of the user; the rest is this lab's own. */
export interface LabIdentity {
  /** Eight hex digits from the checkout's real path and the instance: two checkouts never share anything. */
  readonly id: string;
  readonly cluster: string;
  /** Name for `ip netns`; backend `source` only. */
  readonly networkNamespace: string;
  /** Name of the lab's cgroup, directly below the root of each hierarchy; backend `source` only. */
  readonly cgroup: string;
  readonly stateDir: string;
  readonly cacheDir: string;
}

/** Longest path that fits into a Unix socket's address (unix(7): 108 bytes with the closing zero). */
const longestSocketPath = 107;

/** Names the lab of a checkout. Throws when the state folder's path is too long for the engine's socket. */
export function labIdentity(
  checkout: string,
  instance = '',
  env: NodeJS.ProcessEnv = process.env,
): LabIdentity {
  const id = createHash('sha256')
    .update(`${realpathSync(checkout)}\n${instance}`)
    .digest('hex')
    .slice(0, 8);
  const cacheHome = env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  const stateHome = env['XDG_STATE_HOME'] || path.join(homedir(), '.local', 'state');
  const stateDir = path.join(stateHome, 'rekindle', 'lab', id);
  if (path.join(stateDir, 'run', 'docker.sock').length > longestSocketPath) {
    throw new Error(
      `${stateDir} is too long for the path of a socket: set XDG_STATE_HOME to a shorter folder`,
    );
  }
  return {
    id,
    cluster: `rekindle-lab-${id}`,
    networkNamespace: `rkl-${id}`,
    cgroup: `rekindle-lab-${id}`,
    stateDir,
    cacheDir: path.join(cacheHome, 'rekindle'),
  };
}
