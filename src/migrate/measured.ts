import { z } from 'zod';

/** What the last proven backup has measured of this very database: `rekindle backup create`. */
const measuredSchema = z.object({
  /** Size of the database, bytes. */
  databaseBytes: z.number().int().positive(),
  /** `pg_dump`, seconds. */
  dumpSeconds: z.number().positive(),
  /** `pg_restore` into a scratch PostgreSQL, seconds. */
  restoreSeconds: z.number().positive(),
  /** Digests of every table on both sides, seconds. */
  verifySeconds: z.number().positive(),
});

/** Measured sizes and times of a dump and its restore. */
export type Measured = z.infer<typeof measuredSchema>;

/** Reads the numbers from JSON; other fields are left alone. Gives what is wrong, one line each, when they are not there. */
export function parseMeasured(
  text: string,
): { readonly measured: Measured } | { readonly problems: readonly string[] } {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { problems: ['it is not JSON'] };
  }
  const parsed = measuredSchema.safeParse(data);
  if (parsed.success) return { measured: parsed.data };
  return {
    problems: parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || '(top)'}: ${message}`,
    ),
  };
}
