import { isFields, itemsOf } from '../harden/fields/fields.ts';
import type { ClusterReader, KubeObject } from '../ports/cluster.ts';
import { at } from './collect/uses.ts';
import { inTurns } from './collect/in-turns.ts';
import { isBuiltIn, resourceName } from './resource-kind.ts';
import type { Missing, Snapshot } from './snapshot.ts';
import { shapeOfSchema } from './strip/kind-shapes.ts';
import type { Shape } from './strip/shape.ts';
import { whyOf } from './collect/why.ts';

/** Definitions of the custom resources that were read. */
export interface Definitions {
  readonly objects: readonly KubeObject[];
  readonly missing: readonly Missing[];
  /** Defaults that the definition of an object's kind declares; undefined: it has none, or could not be read. */
  readonly shapeOf: (object: KubeObject) => Shape | undefined;
}

/** Shapes by `apiVersion kind`. */
function shapesOf(definitions: readonly KubeObject[]): ReadonlyMap<string, Shape> {
  const found = definitions.flatMap((definition) => {
    const group = String(at(definition, 'spec', 'group'));
    const kind = String(at(definition, 'spec', 'names', 'kind'));
    return itemsOf(at(definition, 'spec', 'versions')).map((version) => {
      const schema = at(version, 'schema', 'openAPIV3Schema');
      return [`${group}/${String(version['name'])} ${kind}`, shapeOfSchema(schema)] as const;
    });
  });
  return new Map(found);
}

/**
 * Reads the definitions of the custom resources that a snapshot holds: their defaults are taken out of the objects, and they may be
 * exported. One that cannot be read is missing; without it defaults stay in the objects.
 */
export async function readDefinitions(
  reader: Pick<ClusterReader, 'get'>,
  { kinds, objects, around }: Snapshot,
): Promise<Definitions> {
  const used = kinds.filter((kind) =>
    [...objects, ...around].some(
      (object) =>
        !isBuiltIn(object.apiVersion) &&
        object.kind === kind.kind &&
        object.apiVersion === `${kind.group}/${kind.version}`,
    ),
  );
  const answers = await inTurns(used, async (kind) => {
    const name = resourceName(kind);
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${encodeURIComponent(name)}`;
    try {
      const found = await reader.get(path);
      return { found: found === undefined ? [] : [found], missing: [] };
    } catch (error) {
      return { found: [], missing: [{ what: `CustomResourceDefinition ${name}`, why: whyOf(error) }] };
    }
  });
  const definitions = answers.flatMap(({ found }) => found).filter((object) => isFields(object));
  const shapes = shapesOf(definitions);
  return {
    objects: definitions,
    missing: answers.flatMap(({ missing }) => missing),
    shapeOf: ({ apiVersion = '', kind = '' }) => shapes.get(`${apiVersion} ${kind}`),
  };
}
