import { z } from 'zod';

const seconds = z.number().min(0);
const count = z.int().min(0);

/** The stack written down in one cluster and brought back in another one, which was empty. */
export const roundTripRow = z.strictObject({
  commit: z.string(),
  code: z.string().describe('digest of everything that can change what is measured'),
  dirty: z.boolean(),
  startedAt: z.iso.datetime(),
  exported: count.describe('objects that the export has'),
  complete: z.boolean().describe('everything could be read'),
  sameBytes: z.boolean().describe('a second export is the same, file by file'),
  proven: z.boolean().describe('the backup'),
  restoreDifferences: z
    .array(z.string())
    .describe('what the restored database has not as it was, compared row by row'),
  exportDifferences: z.array(z.string()).describe('object and field in which the second cluster differs'),
  compareExitCode: count.describe('of rekindle export --compare in the second cluster'),
  upExitCode: count.optional().describe('of rekindle up there'),
  verifyExitCode: count.describe('of rekindle verify afterwards: two writes through its front door'),
  acknowledged: count.describe('orders in the first cluster before the backup'),
  lost: count,
  duplicated: count,
  seconds: z.strictObject({
    export: seconds,
    backup: seconds,
    apply: seconds,
    restore: seconds,
    whole: seconds,
  }),
});
export type RoundTripRow = z.infer<typeof roundTripRow>;
