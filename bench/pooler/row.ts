import { z } from 'zod';

/** What became of the settings of one way after one event. */
export const persistenceRow = z
  .object({
    id: z.string().describe('way, event and start'),
    way: z
      .enum(['image', 'include', 'agent'])
      .describe(
        'image: deploy/pooler-image under the operator; include: a ConfigMap of its own; agent: SET, repeated by `rekindle up`',
      ),
    event: z.enum(['pod-deleted', 'operator-synced', 'node-lost', 'power-lost']),
    kept: z.boolean().describe('SHOW CONFIG of every process, asked by psql, shows every setting'),
    seconds: z.number().nullable().describe('from the event until that was so; null: never in time'),
    right: z.array(z.string()).describe('pods with every setting'),
    wrong: z.array(z.string()).describe('pods without, and what they had'),
    evidence: z.string().describe('how it was seen that the event took place'),
    settings: z.record(z.string(), z.string()).describe('what was wanted'),
    commit: z.string(),
    code: z.string(),
    dirty: z.boolean(),
    backend: z.string(),
    startedAt: z.iso.datetime(),
  })
  .strict();
export type PersistenceRow = z.infer<typeof persistenceRow>;
