import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

export interface LabIdentity {
  /** Eight hex digits from the checkout's real path (and the instance): two checkouts never share anything. */
  readonly id: string;
  readonly cluster: string;
  readonly networkNamespace: string;
  readonly stateDir: string;
  readonly cacheDir: string;
}

/** Everything that names this lab. The build cache is shared by all labs of the user; the rest is this lab's own. */
export function labIdentity(
  checkout: string,
  instance = '',
  env: NodeJS.ProcessEnv = process.env,
): LabIdentity {
  const id = createHash('sha256')
    .update(`${realpathSync(checkout)}\n${instance}`)
    .digest('hex')
    .slice(0, 8);
  const cacheDir = path.join(env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'rekindle');
  const state = env['XDG_STATE_HOME'] ?? path.join(homedir(), '.local', 'state');
  return {
    id,
    cluster: `rekindle-lab-${id}`,
    networkNamespace: `rekindle-${id}`,
    stateDir: path.join(state, 'rekindle', 'lab', id),
    cacheDir,
  };
}
