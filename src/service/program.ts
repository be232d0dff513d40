import { createHash } from 'node:crypto';
import { createReadStream, realpathSync } from 'node:fs';
import process from 'node:process';
import { isSea } from 'node:sea';
import { pipeline } from 'node:stream/promises';

import type { InstalledFile } from './service-spec.ts';

/** This very program as a service has to start it: the executable, or Node and the script. Absolute, without links. */
export function ownProgram(): readonly [string, ...string[]] {
  const executable = realpathSync(process.execPath);
  const script = process.argv[1];
  return isSea() || script === undefined ? [executable] : [executable, realpathSync(script)];
}

/** Whether the program is a script of a checkout, which loads many other files, and not one file of a release. */
export function isCheckout([, script]: readonly string[]): boolean {
  return script?.endsWith('.ts') ?? false;
}

/** The file as it is now. Throws the system's error. */
export async function digestOf(path: string): Promise<InstalledFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { path, sha256: hash.digest('hex') };
}
