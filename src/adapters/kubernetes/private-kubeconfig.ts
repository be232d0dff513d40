import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stateDirectory } from '../../record/paths.ts';

/**
 * Keeps a kubeconfig in a file that only its owner can read, in the state folder: it holds an administrator's key, and
 * the user's own kubeconfig is not this program's to change. Returns the path. Throws when it cannot be written.
 */
export function keepPrivately(
  cluster: string,
  kubeconfig: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const folder = stateDirectory(environment);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `kubeconfig-${encodeURIComponent(cluster)}`);
  const part = `${file}.${process.pid}`;
  writeFileSync(part, kubeconfig, { mode: 0o600 });
  renameSync(part, file);
  return file;
}
