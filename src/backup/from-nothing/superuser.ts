import { at, textAt } from '../../export/collect/uses.ts';
import type { KubeObject } from '../../ports/cluster.ts';

/** What Zalando's operator and Spilo call it unless they are told otherwise. */
const usual = 'postgres';

/** Name of the superuser as the operator is configured (`super_username` of its ConfigMap or OperatorConfiguration). Pure. */
export function superuserOf(objects: readonly KubeObject[]): string {
  const named = objects.flatMap((object) => [
    object.kind === 'ConfigMap' ? textAt(object, 'data', 'super_username') : undefined,
    object.kind === 'OperatorConfiguration'
      ? textAt(at(object, 'configuration', 'users'), 'super_username')
      : undefined,
  ]);
  return named.find((name) => name !== undefined) ?? usual;
}
