import { z } from 'zod';

const count = z.int().min(0);

const raw = z.strictObject({
  all: count,
  security: count.describe('left out: rights, users, networks as protection'),
  tool: count.describe('left out: what the tool says of itself'),
  reliability: count,
  matched: count,
});

/** One comparison with both tools on one input. */
export const readinessRow = z.strictObject({
  commit: z.string(),
  code: z.string().describe('digest of everything that can change what is measured'),
  dirty: z.boolean().describe('the code differed from its commit; such rows are never cited'),
  startedAt: z.iso.datetime(),
  crossWalk: z.string().describe('digest of the table that says which checks are the same'),
  input: z.string(),
  source: z.string().describe('repository and commit, or the folder of this project'),
  objects: count.describe('that were applied'),
  refused: z.array(z.string()).describe('objects that the API server did not take, with its words'),
  tools: z.strictObject({ popeye: z.string(), 'kube-score': z.string() }).describe('versions'),
  raw: z.strictObject({ popeye: raw, 'kube-score': raw }).describe('findings as the tools printed them'),
  union: count.describe('faults of objects that either tool has found, each once'),
  matched: count.describe('of them in our report of the running cluster'),
  missed: z.array(
    z.strictObject({
      object: z.string(),
      container: z.string().optional(),
      foundBy: z.array(z.string()),
      text: z.string(),
    }),
  ),
  ours: count,
  extra: z.record(z.string(), count).describe('findings of ours that neither tool has, by check'),
  files: z
    .strictObject({ union: count, matched: count, missed: z.array(z.string()) })
    .describe('kube-score alone against our report of the same files'),
});
export type ReadinessRow = z.output<typeof readinessRow>;
