import { z } from 'zod';

import { measuredTimes, type MeasuredTimes } from '../backup/measured.ts';

/** Measured sizes and times of a dump and its restore. */
export type Measured = MeasuredTimes;

/** What `rekindle backup create --json` and `rekindle backup verify --json` write, as far as it is read here. */
const document = z.object({ databases: z.array(measuredTimes).min(1, 'no database of it was proven') });

/** One database after the other: the times add up, and so do the sizes. */
function together(all: readonly Measured[]): Measured {
  const sum = (of: (one: Measured) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    databaseBytes: sum(({ databaseBytes }) => databaseBytes),
    dumpSeconds: sum(({ dumpSeconds }) => dumpSeconds),
    restoreSeconds: sum(({ restoreSeconds }) => restoreSeconds),
    verifySeconds: sum(({ verifySeconds }) => verifySeconds),
  };
}

const isDocument = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'databases' in data;

/**
 * Reads the numbers from JSON: the answer of `rekindle backup create --json`, or the four numbers themselves; other fields are left
 * alone. Gives what is wrong, one line each, when they are not there.
 */
export function parseMeasured(
  text: string,
): { readonly measured: Measured } | { readonly problems: readonly string[] } {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { problems: ['it is not JSON'] };
  }
  const parsed = isDocument(data)
    ? document.transform(({ databases }) => together(databases)).safeParse(data)
    : measuredTimes.safeParse(data);
  if (parsed.success) return { measured: parsed.data };
  return {
    problems: parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || '(top)'}: ${message}`,
    ),
  };
}
