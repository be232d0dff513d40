import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { output } from '../command.ts';

/**
 * Makes a private key and what `openssl req` says about it with these arguments: a signing request, or with `-x509` a
 * certificate. Through files of a private folder, because openssl cannot open a pipe of Node (a socket) by its name.
 */
export async function newKey(
  args: readonly string[],
): Promise<{ readonly key: string; readonly made: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-key-'));
  try {
    const [key, made] = [path.join(folder, 'key'), path.join(folder, 'made')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await output(['openssl', 'req', '-new', ...kind, '-keyout', key, '-out', made, ...args]);
    return { key: await readFile(key, 'utf8'), made: await readFile(made, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
