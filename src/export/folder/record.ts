import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { Files } from './files.ts';

/** The file that says what the others are; by it a folder is known as an export. */
export const recordFile = 'export.json';

const schemaName = 'rekindle.dev/v1alpha1/export-folder';

/** What an export says of itself. */
const recordShape = z.object({
  schema: z.literal(schemaName),
  namespace: z.string(),
  secrets: z.enum(['external', 'sealed', 'sops']),
  /** Whether everything could be read. */
  complete: z.boolean(),
  missing: z.array(z.object({ what: z.string(), why: z.string() })),
  leftOut: z.array(z.object({ object: z.string(), why: z.string() })),
  /** Files of objects that no kustomization names, because kustomize cannot carry them. */
  apart: z.array(z.string()),
  /** SHA-256 of each file, by its path. */
  files: z.record(z.string(), z.string()),
});

export type ExportRecord = z.infer<typeof recordShape>;

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** The digest of each file. */
export function digestsOf(files: Files): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files)
      .map(([path, text]) => [path, digest(text)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The record as text. */
export function recordText(record: Omit<ExportRecord, 'schema' | 'files'>, files: Files): string {
  const whole: ExportRecord = { schema: schemaName, ...record, files: digestsOf(files) };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

/** The record of an export; undefined when the text is none. */
export function parseRecord(text: string): ExportRecord | undefined {
  try {
    const parsed = recordShape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // No JSON: then it was not written by an export.
    return undefined;
  }
}
