import { z } from 'zod';

import { labels, listOf, quantities } from './fields.ts';

/** A node as far as the checks judge it. */
export const nodeShape = z.object({
  metadata: z.object({ labels }),
  spec: z
    .object({
      unschedulable: z.boolean().nullish(),
      taints: listOf(z.object({ key: z.string(), value: z.string().nullish(), effect: z.string() })),
    })
    .prefault({}),
  status: z
    .object({
      capacity: quantities,
      allocatable: quantities,
      addresses: listOf(z.object({ type: z.string(), address: z.string() })),
      conditions: listOf(z.object({ type: z.string(), status: z.string(), reason: z.string().nullish() })),
      nodeInfo: z
        .object({
          bootID: z.string().default(''),
          machineID: z.string().default(''),
          kernelVersion: z.string().default(''),
          kubeletVersion: z.string().default(''),
          osImage: z.string().default(''),
        })
        .prefault({}),
    })
    .prefault({}),
});
export type NodeFields = z.output<typeof nodeShape>;
