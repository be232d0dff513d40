import { itemsOf } from '../../harden/fields/fields.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import type { OperatorSetup } from '../snapshot.ts';
import { environmentOf } from './read-around.ts';
import { at, textAt } from './uses.ts';
import { whyOf } from './why.ts';

type Reader = Pick<ClusterReader, 'get' | 'list'>;

/** Where Zalando's operator has its configuration (its documentation, "Operator configuration parameters"). */
interface Source {
  readonly kind: 'ConfigMap' | 'OperatorConfiguration';
  readonly name: string;
  readonly namespace: string;
}

/** Other programs have variables of these names as well. */
function isOperator(workload: KubeObject): boolean {
  const [container] = itemsOf(at(workload, 'spec', 'template', 'spec', 'containers'));
  return [workload.metadata.name, textAt(container, 'image')].some((text) =>
    text?.includes('postgres-operator'),
  );
}

/** `namespace/name`, or a name alone, which is of the operator's own namespace (pkg/spec/types.go, NamespacedName.Decode). */
function sourceOf(workload: KubeObject): Source | undefined {
  if (!isOperator(workload)) return undefined;
  const { CONFIG_MAP_NAME: map, POSTGRES_OPERATOR_CONFIGURATION_OBJECT: object } = environmentOf(workload);
  const named = object ?? map;
  if (named === undefined) return undefined;
  const [first = '', second] = named.split('/', 2);
  const own = textAt(workload, 'metadata', 'namespace') ?? 'default';
  return {
    kind: object === undefined ? 'ConfigMap' : 'OperatorConfiguration',
    name: second ?? first,
    namespace: second === undefined ? own : first,
  };
}

function pathOf({ kind, name, namespace }: Source): string {
  const root = kind === 'ConfigMap' ? '/api/v1' : '/apis/acid.zalan.do/v1';
  const plural = kind === 'ConfigMap' ? 'configmaps' : 'operatorconfigurations';
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
}

async function setupOf(reader: Reader, workload: KubeObject, source: Source): Promise<OperatorSetup> {
  const { name, namespace = '' } = workload.metadata;
  const [container] = itemsOf(at(workload, 'spec', 'template', 'spec', 'containers'));
  const setup = { workload: `Deployment ${namespace}/${name}`, image: textAt(container, 'image') ?? '' };
  try {
    const configuration = await reader.get(pathOf(source));
    const why = `there is no ${source.kind} ${source.namespace}/${source.name}`;
    return { ...setup, configuration, ...(configuration === undefined && { why }) };
  } catch (error) {
    return { ...setup, configuration: undefined, why: whyOf(error) };
  }
}

/**
 * The operator of database clusters and its configuration, which decides names, labels and images of what it makes. It is
 * installed before the stack and is no part of it: not finding it makes no export incomplete.
 */
export async function readOperators(
  reader: Reader,
  objects: readonly KubeObject[],
): Promise<readonly OperatorSetup[]> {
  if (objects.every(({ kind }) => kind !== 'postgresql')) return [];
  try {
    const workloads = await reader.list('/apis/apps/v1/deployments');
    const found = workloads.flatMap((workload) => {
      const source = sourceOf(workload);
      return source === undefined ? [] : [setupOf(reader, workload, source)];
    });
    return await Promise.all(found);
  } catch (error) {
    return [
      { workload: 'the operator of postgresql', image: '', configuration: undefined, why: whyOf(error) },
    ];
  }
}
