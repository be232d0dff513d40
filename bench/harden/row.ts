import { z } from 'zod';

const count = z.number().int().min(0);

/** One cut with nobody helping, with the stack as it is written or hardened. */
export const hardenRow = z
  .object({
    id: z.string(),
    arm: z.enum(['as-written', 'hardened']),
    measures: z.array(z.string()).describe('ids of the measures that were applied'),
    seconds: z
      .number()
      .nullable()
      .describe('from the start of the engine to the second verified write; null: none within the limit'),
    limitSeconds: z.number(),
    pods: z
      .array(
        z.object({
          pod: z.string(),
          restarts: count.describe('starts of its containers after the boot beyond the first'),
          backOffSeconds: z.number().describe('time in which a container waited out a crash back-off'),
        }),
      )
      .describe('until every pod was ready, or two minutes after the limit'),
    restarts: count.describe('of all pods'),
    backOffSeconds: z.number().describe('of all pods'),
    acknowledged: count,
    unknown: count,
    lost: count,
    duplicated: count,
    cut: z.enum(['power-loss', 'process-kill', 'none']),
    proof: z.string(),
    commit: z.string(),
    code: z.string(),
    dirty: z.boolean(),
    machine: z.object({ cpus: count, memory: count, kernel: z.string(), backend: z.string() }),
    load: z.array(z.number()),
    startedAt: z.iso.datetime(),
    seed: z.number().int(),
    log: z.object({ path: z.string(), sha256: z.string() }),
  })
  .strict();
export type HardenRow = z.infer<typeof hardenRow>;
export type Arm = HardenRow['arm'];
