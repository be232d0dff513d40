import { z } from 'zod';

/** One case as it was seen. */
export const refusalCaseRow = z
  .object({
    id: z.string(),
    title: z.string(),
    expected: z.object({
      exitCode: z.number().int(),
      says: z.string().describe('regular expression'),
      writes: z.union([z.number().int(), z.literal('any')]).describe('`any`: it was to heal'),
    }),
    seen: z.object({
      exitCode: z.number().int(),
      said: z.string().describe('the part that fits, or the last line when none does'),
      writes: z.number().int().describe('requests in the audit log that changed something'),
    }),
    ok: z.boolean(),
    seconds: z.number(),
    commit: z.string(),
    code: z.string(),
    startedAt: z.iso.datetime(),
    log: z.object({ path: z.string(), sha256: z.string() }),
  })
  .strict();
export type RefusalCaseRow = z.infer<typeof refusalCaseRow>;

export const refusalFile = z
  .object({ schema: z.literal('rekindle.dev/v1alpha1/refusals'), cases: z.array(refusalCaseRow) })
  .strict();
export type RefusalFile = z.infer<typeof refusalFile>;
