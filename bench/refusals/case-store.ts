import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { writeWhole } from '../run-store.ts';
import { type RefusalCaseRow, type RefusalFile, refusalFile } from './row.ts';
import { byId } from './table.ts';

const file = path.join(path.dirname(path.dirname(import.meta.dirname)), 'results', 'refusals.json');

/** All cases so far; throws when the file does not fit its schema. */
export async function readCases(): Promise<RefusalFile> {
  if (!existsSync(file)) return { schema: 'rekindle.dev/v1alpha1/refusals', cases: [] };
  return refusalFile.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Puts the row in the place of the last one of its case, in one step. */
export async function keepCase(row: RefusalCaseRow): Promise<void> {
  const before = await readCases();
  const others = before.cases.filter(({ id }) => id !== row.id);
  const cases = [...others, row].toSorted(byId);
  await writeWhole(file, `${JSON.stringify(refusalFile.parse({ ...before, cases }), undefined, 1)}\n`);
}
