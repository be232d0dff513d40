import { hash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes SHA256SUMS of every file in the folder, as `sha256sum --check` reads it. */
export async function writeChecksums(folder: string): Promise<void> {
  const names = (await readdir(folder)).sort();
  const lines = [];
  for (const name of names) {
    const sum = hash('sha256', await readFile(path.join(folder, name)), 'hex');
    lines.push(`${sum}  ${name}\n`);
  }
  await writeFile(path.join(folder, 'SHA256SUMS'), lines.join(''));
}
