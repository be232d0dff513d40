import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { createFolder, syncFolder } from '../record/durable-file.ts';

/**
 * Writes a file that is not there yet, for this user only, whole and on disk before it has its name. Throws the system's error;
 * EEXIST when somebody else was faster.
 */
export function writeNewPrivately(file: string, text: string): void {
  const folder = path.dirname(file);
  createFolder(folder);
  const part = `${file}.${process.pid}.part`;
  try {
    const handle = openSync(part, 'wx', 0o600);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    // A link is not made over a file that is there.
    linkSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
  syncFolder(folder);
}
