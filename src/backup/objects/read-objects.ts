import { z } from 'zod';

import { isSame } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { stripped } from '../../export/strip/strip.ts';
import { secretValue } from '../../record/secret-value.ts';
import { wholeText } from '../whole-text.ts';
import { entryOf, type ObjectsDetails } from './objects-part.ts';

const names = z.record(z.string(), z.string());

/** An object that the API could make: it has a kind and a name, and nothing that only a cluster gives. */
const object = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().min(1).optional(),
    labels: names.optional(),
    annotations: names.optional(),
    uid: z.undefined().optional(),
    resourceVersion: z.undefined().optional(),
  }),
});

const list = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('List'),
  items: z.array(object),
});

/** The objects of a part, and in what they are not what its manifest says; none: they are. */
export interface ReadObjects {
  readonly objects: readonly KubeObject[];
  readonly differences: readonly string[];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Values of Secrets are taken out of every text from now on. */
function keepSecret({ kind, data }: KubeObject): void {
  if (kind !== 'Secret') return;
  for (const [key, value] of Object.entries((data ?? {}) as Readonly<Record<string, string>>))
    secretValue(key, value);
}

function differencesOf(objects: readonly KubeObject[], details: ObjectsDetails): readonly string[] {
  const found = new Map(objects.map((one) => [entryOf(one).object, entryOf(one)]));
  const named = new Set(details.objects.map((entry) => entry.object));
  return [
    ...details.objects.flatMap(({ object: name, sha256 }) => {
      const entry = found.get(name);
      if (entry === undefined) return [`${name} is missing`];
      return entry.sha256 === sha256 ? [] : [`${name} is not the one that was backed up`];
    }),
    ...[...found.keys()].flatMap((name) => (named.has(name) ? [] : [`${name} was not there`])),
    // Taken out once more nothing more comes out: it is what somebody would write, and can be made anew.
    ...objects.flatMap((one) =>
      isSame(stripped(one), one) ? [] : [`${entryOf(one).object} holds what only a cluster gives`],
    ),
  ];
}

/**
 * Reads the part to its end and holds it against its manifest. Throws what reading it throws (damaged, another key); that it is
 * no list of objects is a difference.
 */
export async function readObjects(
  plain: AsyncIterable<Buffer>,
  details: ObjectsDetails,
): Promise<ReadObjects> {
  const parsed = list.safeParse(jsonOf(await wholeText(plain)));
  if (!parsed.success)
    return { objects: [], differences: [`it is no list of objects: ${z.prettifyError(parsed.error)}`] };
  const objects = parsed.data.items as unknown as readonly KubeObject[];
  objects.forEach(keepSecret);
  return { objects, differences: differencesOf(objects, details) };
}
