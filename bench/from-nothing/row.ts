import { z } from 'zod';

const count = z.number().int().min(0);

/** One stack whose cluster was deleted, made anew from its backup alone. */
export const fromNothingRow = z
  .object({
    id: z.string(),
    seconds: z
      .number()
      .describe('of `rekindle backup restore --from-nothing`, up to the proof through the front door'),
    steps: z.array(z.object({ id: z.string(), seconds: z.number() })),
    verdict: z.string(),
    backupSeconds: z.number().describe('`rekindle backup create` with its own proof'),
    backupBytes: count.describe('stored bytes of all parts'),
    proven: z.boolean().describe('the backup, when it was made'),
    lsn: z.string(),
    takenAt: z.iso.datetime(),
    acknowledgedBefore: count.describe('orders that were acknowledged before the position was taken'),
    lostBefore: count.describe('of these; anything but 0 is a failure'),
    acknowledgedAfter: count.describe('orders that were acknowledged later: lost by intention'),
    lostAfter: count,
    duplicated: count,
    commit: z.string(),
    code: z.string(),
    dirty: z.boolean(),
    machine: z.object({ cpus: count, memory: count, kernel: z.string(), backend: z.string() }),
    load: z.array(z.number()),
    startedAt: z.iso.datetime(),
    log: z.object({ path: z.string(), sha256: z.string() }),
  })
  .strict();
export type FromNothingRow = z.infer<typeof fromNothingRow>;
