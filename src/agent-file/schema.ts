import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}[smh]$/, 'must be a time, e.g. 15s, 2m or 1h')
  .transform((text) => Number(text.slice(0, -1)) * (unitMs[text.at(-1) ?? ''] ?? 0));

const absolutePath = z.string().startsWith('/', 'must be an absolute path');

/** `agent.yaml`: how the agent of this user behaves and whom it tells. Everything is optional, unknown keys are errors. */
export const agentFileSchema = z.strictObject({
  apiVersion: z.literal('rekindle.dev/v1alpha1'),
  kind: z.literal('Agent'),
  notify: z
    .strictObject({
      /** A notification on the desktop, through `notify-send`. */
      desktop: z.boolean().optional(),
      /** A POST of one JSON document. The URL may hold a key, and is treated as a secret. */
      webhook: z.strictObject({ url: z.url({ protocol: /^https?$/ }) }).optional(),
      /** A program of the user's own and its arguments; it gets one JSON document on its standard input. */
      command: z.tuple([absolutePath], z.string()).optional(),
    })
    .optional(),
  metrics: z
    .strictObject({
      /** Where metrics are served, or `off`. */
      address: z.string().regex(/^(?:off|(\[[0-9a-fA-F:]+\]|[^:\s]+):\d+)$/, 'must be address:port, or off'),
    })
    .optional(),
  watch: z
    .strictObject({
      visitEvery: duration.optional(),
      lookEvery: duration.optional(),
      proveEvery: duration.optional(),
      warmUp: duration.optional(),
      quiet: duration.optional(),
      /** Longest time of one recovery. */
      recovery: duration.optional(),
      actionsPerObjectAndHour: z.number().int().min(1).max(100).optional(),
      actionsPerHour: z.number().int().min(1).max(1000).optional(),
    })
    .optional(),
});

export type AgentFile = z.infer<typeof agentFileSchema>;
