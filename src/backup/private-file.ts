import { linkSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { createFolder, syncFolder, writeNewFile } from '../record/durable-file.ts';

/**
 * Writes a file that is not there yet, for this user only, whole and on disk before it has its name. Throws the system's error;
 * EEXIST when somebody else was faster.
 */
export function writeNewPrivately(file: string, text: string): void {
  const folder = path.dirname(file);
  createFolder(folder);
  const part = `${file}.${process.pid}.part`;
  try {
    writeNewFile(part, text, 0o600);
    // A link is not made over a file that is there.
    linkSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
  syncFolder(folder);
}
