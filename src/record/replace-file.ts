import { chmodSync, chownSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';

import { syncFolder, writeNewFile } from './durable-file.ts';

/**
 * Replaces a file that is there in one step, with its owner and mode: a reader, a kill or a loss of power finds the old
 * text or the new one. A link stays a link. Throws the system's error, and then the old one is there.
 */
export function replaceFile(file: string, text: string): void {
  const real = realpathSync(file);
  const { mode, uid, gid } = statSync(real);
  const part = `${real}.${process.pid}.part`;
  try {
    writeNewFile(part, text, 0o600);
    chownSync(part, uid, gid);
    chmodSync(part, mode & 0o7777);
    renameSync(part, real);
  } finally {
    rmSync(part, { force: true });
  }
  syncFolder(dirname(real));
}
