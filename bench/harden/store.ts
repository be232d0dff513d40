import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { writeWhole } from '../run-store.ts';
import { alwaysOnFile, hardenRow, hardenRows, type AlwaysOnFile, type HardenRow } from './row.ts';

const file = path.join(path.dirname(path.dirname(import.meta.dirname)), 'results', 'always-on.json');

const empty: AlwaysOnFile = { schema: 'rekindle.dev/v1alpha1/always-on', rows: [] };

async function read(): Promise<AlwaysOnFile> {
  return existsSync(file) ? alwaysOnFile.parse(JSON.parse(await readFile(file, 'utf8'))) : empty;
}

/** The rows of hardening so far; throws when one does not fit its schema. */
export async function readHardenRows(): Promise<readonly HardenRow[]> {
  return hardenRows(await read());
}

/** Adds a row; those of other parts stay as they are. */
export async function keepHardenRow(row: HardenRow): Promise<void> {
  const before = await read();
  const rows = [...before.rows, hardenRow.parse(row)];
  await writeWhole(file, `${JSON.stringify({ ...before, rows }, undefined, 1)}\n`);
}
