import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { corruptionRow } from './backup/corruption-row.ts';
import { backupSpeedRow } from './backup/row.ts';
import { roundTripRow } from './backup/round-trip-row.ts';
import { readinessRow } from './readiness/row.ts';
import { fromNothingRow } from './from-nothing/row.ts';
import { writeWhole } from './run-store.ts';

const file = path.join(path.dirname(import.meta.dirname), 'results', 'way-out.json');

/** Every section of the file with its rows. */
const wayOutFile = z.strictObject({
  schema: z.literal('rekindle.dev/v1alpha1/way-out'),
  backupSpeed: z.array(backupSpeedRow).default([]),
  corruptions: z.array(corruptionRow).default([]),
  roundTrip: z.array(roundTripRow).default([]),
  readiness: z.array(readinessRow).default([]),
  fromNothing: z.array(fromNothingRow).default([]),
});
export type WayOutFile = z.infer<typeof wayOutFile>;
type Section = Exclude<keyof WayOutFile, 'schema'>;

/** All rows so far; throws when the file does not fit its schema. */
export async function readWayOut(): Promise<WayOutFile> {
  if (!existsSync(file)) return wayOutFile.parse({ schema: 'rekindle.dev/v1alpha1/way-out' });
  return wayOutFile.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Adds rows to a section; what is there stays. Throws when the result does not fit the schema. */
export async function appendWayOut<Name extends Section>(
  section: Name,
  rows: WayOutFile[Name],
): Promise<void> {
  const all = await readWayOut();
  const grown = wayOutFile.parse({ ...all, [section]: [...all[section], ...rows] });
  await writeWhole(file, JSON.stringify(grown));
}
