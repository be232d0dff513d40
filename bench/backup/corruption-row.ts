import { z } from 'zod';

/** One spoilt copy of a good backup of the lab, and what `rekindle backup verify` said of it. */
export const corruptionRow = z.strictObject({
  commit: z.string(),
  code: z.string().describe('digest of everything that can change what is measured'),
  dirty: z.boolean(),
  startedAt: z.iso.datetime(),
  corruption: z.string(),
  expected: z.enum(['proven', 'bad', 'could-not-tell']),
  exitCode: z.int().describe('0 proven, 1 bad, 2 could not tell'),
  verdict: z.string(),
  said: z.string().describe('what differs, or why nothing could be told'),
  asExpected: z.boolean(),
  seconds: z.number(),
});
export type CorruptionRow = z.infer<typeof corruptionRow>;
