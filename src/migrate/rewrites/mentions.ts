import type { Bench } from '../bench.ts';
import { containersOf, fieldsOf, listOf, type FieldPath, type Manifest } from '../manifest.ts';

/** A text in which a program is told where something is. */
export interface Mention {
  readonly object: Manifest;
  readonly path: FieldPath;
  readonly text: string;
  /** A plain value of an environment variable or ConfigMap key: it can be set as a whole. */
  readonly isWhole: boolean;
}

/** Environment values, arguments and ConfigMap texts of the stack. */
export function mentionsOf(bench: Bench): readonly Mention[] {
  return bench.objects().flatMap((object): readonly Mention[] => {
    if (object.kind === 'ConfigMap')
      return Object.entries(fieldsOf(object['data'])).map(([key, text]) => ({
        object,
        path: ['data', key],
        text: String(text),
        isWhole: !String(text).includes('\n'),
      }));
    return containersOf(object).flatMap(({ path, container }) => {
      const env = listOf(container['env']).flatMap(({ value }, index) =>
        typeof value === 'string'
          ? [{ object, path: [...path, 'env', index, 'value'], text: value, isWhole: true }]
          : [],
      );
      const words = ['command', 'args'].flatMap((field) =>
        (Array.isArray(container[field]) ? (container[field] as readonly unknown[]) : []).map(
          (word, index) => ({
            object,
            path: [...path, field, index],
            text: String(word),
            isWhole: false,
          }),
        ),
      );
      return [...env, ...words];
    });
  });
}
