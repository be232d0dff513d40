import { z } from 'zod';

/** The API leaves empty lists and maps out, and Go writes some of them as null. */
export const listOf = <T extends z.ZodType>(shape: T) =>
  z
    .array(shape)
    .nullish()
    .transform((values) => values ?? []);

export const mapOf = <T extends z.ZodType>(shape: T) =>
  z
    .record(z.string(), shape)
    .nullish()
    .transform((values): Readonly<Record<string, z.output<T>>> => values ?? {});

export const labels = mapOf(z.coerce.string());

/** A number or a text, as ports, shares and quantities are written. */
export const portOrName = z.union([z.number(), z.string()]);

/** Quantities as text, whichever way the file writes them: `cpu: 1` and `cpu: "1"`. */
export const quantities = z
  .record(z.string(), z.union([z.string(), z.number()]).nullish())
  .nullish()
  .transform((amounts): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(amounts ?? {}).flatMap(([name, amount]) =>
        amount === null || amount === undefined ? [] : [[name, String(amount)]],
      ),
    ),
  );

/** A label selector (meta/v1); no terms at all selects everything. */
export const selector = z.object({
  matchLabels: labels,
  matchExpressions: listOf(
    z.object({
      key: z.string(),
      operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
      values: listOf(z.string()),
    }),
  ),
});

export type Selector = z.output<typeof selector>;
