import { isFields, type Fields } from '../../harden/fields/fields.ts';
import { isBuiltIn } from '../resource-kind.ts';
import { askedByNobody, askedOf, setByAnybody } from './asked.ts';
import { withoutAssigned, withoutCopiedLabels } from './assigned.ts';
import { shapeOfKind } from './kind-shapes.ts';
import { ownMetadata, templateMetadata } from './metadata.ts';
import { withoutDefaults, type Shape } from './shape.ts';

/** Metadata of templates below, at whatever depth. */
function inside(value: unknown, native: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => inside(item, native));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      if (name !== 'metadata' || !isFields(field)) return [[name, inside(field, native)] as const];
      const left = native ? templateMetadata(field) : withoutTime(field);
      return left === undefined ? [] : [[name, left] as const];
    }),
  );
}

/** Programs that are written in Go put an empty time into every template. */
function withoutTime(metadata: Fields): Fields {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name, value]) => name !== 'creationTimestamp' || value !== null),
  );
}

/** Empty maps at the top of an object say nothing: `data` of a ConfigMap, `spec` of a namespace. */
function isEmpty(value: unknown): boolean {
  return value === null || (isFields(value) && Object.keys(value).length === 0);
}

const dropped = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** Parts of an object that mean something although they are empty: a policy that selects every pod, a claim without a wish. */
const meantEmpty = new Set(['spec', 'podSelector']);

/**
 * What of an object somebody would write into a file to get it: without its status, without what the API server, controllers and
 * tools have written for themselves, and without defaults that nobody is known to have asked for. It is the same when it is done
 * again. `definition`: the shape of a custom resource, where its definition could be read. Pure.
 */
export function stripped(object: Fields, definition?: Shape): Fields {
  const { apiVersion, kind } = object;
  const asked = askedOf(object);
  const assigned = withoutAssigned(object, { set: setByAnybody(object), asked });
  const own = withoutCopiedLabels(assigned, asked);
  const shape = shapeOfKind(object) ?? definition ?? {};
  const plain = withoutDefaults(own, shape, asked) as Fields;
  const metadata = isFields(own['metadata']) ? own['metadata'] : {};
  const body = Object.entries(plain).flatMap(([name, field]) => {
    if (dropped.has(name) || (isEmpty(field) && !meantEmpty.has(name))) return [];
    const left = inside(field, isBuiltIn(apiVersion));
    return [[name, left] as const];
  });
  return {
    apiVersion,
    kind,
    metadata: ownMetadata(metadata, asked.field('metadata')),
    ...Object.fromEntries(body),
  };
}

/**
 * What two objects are compared by: without every default, whoever asked for it, so that it does not matter which of
 * them writes a default down. Takes what `stripped` gives.
 */
export function normal(object: Fields, definition?: Shape): Fields {
  const bare = withoutCopiedLabels(object, askedByNobody);
  return withoutDefaults(bare, shapeOfKind(object) ?? definition ?? {}, askedByNobody) as Fields;
}
