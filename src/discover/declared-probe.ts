import { z } from 'zod';

import type { WriteProbe } from '../domain/stack.ts';

/** Shape of a declared write probe, in the stack file and in the annotation alike. */
export const writeProbeShape = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
  path: z.string().startsWith('/'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json().default({}),
  expectStatus: z.number().int().min(200).max(299).default(201),
  readBack: z.string().startsWith('/').optional(),
});

/** The annotation by which an owner allows Rekindle to write through the front door. */
export const writeProbeAnnotation = 'rekindle.dev/write-probe';

/**
 * The write probe that a Service declares, or undefined. A probe is declared, never guessed: a real shop must not
 * get orders from us. Throws when the annotation is there and is not valid.
 */
export function declaredWriteProbe(annotations: Readonly<Record<string, string>>): WriteProbe | undefined {
  const text = annotations[writeProbeAnnotation];
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(
      `annotation ${writeProbeAnnotation} is not JSON: correct it on the front door's Service`,
      { cause },
    );
  }
  const parsed = writeProbeShape.safeParse(json);
  if (!parsed.success)
    throw new Error(`annotation ${writeProbeAnnotation}: ${z.prettifyError(parsed.error)}`);
  const { readBack, ...probe } = parsed.data;
  return { ...probe, ...(readBack !== undefined && { readBack }) };
}
