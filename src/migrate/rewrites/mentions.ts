import type { Bench } from '../bench.ts';
import {
  containersOf,
  fieldsOf,
  listOf,
  valueAt,
  type FieldPath,
  type Manifest,
  type PlacedContainer,
} from '../manifest.ts';

/** A text in which a program is told where something is. */
export interface Mention {
  readonly object: Manifest;
  readonly path: FieldPath;
  readonly text: string;
  /** A plain value of an environment variable or ConfigMap key: it can be set as a whole. */
  readonly isWhole: boolean;
}

/** Environment values, arguments and ConfigMap texts of the stack, and the environment of its database. */
export function mentionsOf(bench: Bench): readonly Mention[] {
  return bench.objects().flatMap((object): readonly Mention[] => {
    if (object.kind === 'ConfigMap')
      return Object.entries(fieldsOf(object['data'])).map(([key, text]) => ({
        object,
        path: ['data', key],
        text: String(text),
        isWhole: !String(text).includes('\n'),
      }));
    if (object.kind === 'postgresql') return ofDatabase(object);
    return containersOf(object).flatMap((placed) => ofContainer(object, placed));
  });
}

/** Environment of the database's pods and of the containers beside it. */
function ofDatabase(object: Manifest): readonly Mention[] {
  const sidecars = listOf(valueAt(object, ['spec', 'sidecars'])).map((_, index) => [
    'spec',
    'sidecars',
    index,
    'env',
  ]);
  return [['spec', 'env'], ...sidecars].flatMap((path) =>
    listOf(valueAt(object, path)).flatMap(({ value }, index) =>
      typeof value === 'string'
        ? [{ object, path: path.concat(index, 'value'), text: value, isWhole: false }]
        : [],
    ),
  );
}

function ofContainer(object: Manifest, { path, container }: PlacedContainer): readonly Mention[] {
  const env = listOf(container['env']).flatMap(({ value }, index) =>
    typeof value === 'string'
      ? [{ object, path: path.concat('env', index, 'value'), text: value, isWhole: true }]
      : [],
  );
  const said = ['command', 'args'].flatMap((field) => words(object, path.concat(field), container[field]));
  return [...env, ...said];
}

/** The words of a command. */
function words(object: Manifest, path: FieldPath, value: unknown): readonly Mention[] {
  if (!Array.isArray(value)) return [];
  return value.map((word, index) => ({
    object,
    path: path.concat(index),
    text: String(word),
    isWhole: false,
  }));
}
