import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { writeWhole } from '../run-store.ts';
import { alwaysOnFile, type AlwaysOnFile, type PersistenceRow } from './row.ts';

const file = path.join(path.dirname(path.dirname(import.meta.dirname)), 'results', 'always-on.json');

/** Everything that was measured so far; throws when the file does not fit its schema. */
export async function readAlwaysOn(): Promise<AlwaysOnFile> {
  const empty = { schema: 'rekindle.dev/v1alpha1/always-on' };
  return alwaysOnFile.parse(existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : empty);
}

/** Appends rows, in one step: a reader or a kill sees the old file or the new one. */
export async function appendRows(rows: readonly PersistenceRow[]): Promise<void> {
  const before = await readAlwaysOn();
  const after = { ...before, poolerProfiles: [...before.poolerProfiles, ...rows] };
  await writeWhole(file, `${JSON.stringify(alwaysOnFile.parse(after), undefined, 1)}\n`);
}
