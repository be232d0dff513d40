import { z } from 'zod';

import { listOf, portOrName, quantities, selector } from './fields.ts';

/** Budgets, autoscalers, quotas and limits as far as the checks judge them. */
export const budgetShape = z.object({
  spec: z.object({
    selector: selector.nullish(),
    minAvailable: portOrName.nullish(),
    maxUnavailable: portOrName.nullish(),
  }),
  status: z
    .object({
      expectedPods: z.number().nullish(),
      disruptionsAllowed: z.number().nullish(),
      currentHealthy: z.number().nullish(),
    })
    .prefault({}),
});
export type BudgetFields = z.output<typeof budgetShape>;

export const autoscalerShape = z.object({
  spec: z.object({
    scaleTargetRef: z.object({
      apiVersion: z.string().nullish(),
      kind: z.string(),
      name: z.string(),
    }),
    minReplicas: z.number().nullish(),
    maxReplicas: z.number().default(1),
    targetCPUUtilizationPercentage: z.number().nullish(),
    metrics: listOf(
      z.object({
        type: z.string(),
        resource: z
          .object({
            name: z.string(),
            target: z.object({ type: z.string().nullish() }).nullish(),
          })
          .nullish(),
      }),
    ),
  }),
  status: z
    .object({
      conditions: listOf(
        z.object({
          type: z.string(),
          status: z.string(),
          reason: z.string().nullish(),
          message: z.string().nullish(),
        }),
      ),
    })
    .nullish(),
});
export type AutoscalerFields = z.output<typeof autoscalerShape>;

export const quotaShape = z.object({
  spec: z.object({ hard: quantities, scopes: listOf(z.string()), scopeSelector: z.unknown().optional() }),
  status: z.object({ hard: quantities, used: quantities }).prefault({}),
});
export type QuotaFields = z.output<typeof quotaShape>;

export const limitRangeShape = z.object({
  spec: z.object({
    limits: listOf(
      z.object({
        type: z.string(),
        min: quantities,
        max: quantities,
        default: quantities,
        defaultRequest: quantities,
      }),
    ),
  }),
});
export type LimitRangeFields = z.output<typeof limitRangeShape>;
