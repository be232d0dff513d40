import type { ClusterReader } from '../../ports/cluster.ts';
import { whyOf } from '../../export/collect/why.ts';
import { isOfTheCluster } from './operator-objects.ts';

const workloads = ['deployments', 'statefulsets', 'daemonsets'];

/** Namespaces of the cluster in which something runs that is not in this backup: with the cluster it would be gone. */
export async function otherNamespaces(
  reader: Pick<ClusterReader, 'list'>,
  taken: ReadonlySet<string>,
): Promise<readonly { readonly what: string; readonly why: string }[]> {
  try {
    const lists = await Promise.all(workloads.map((plural) => reader.list(`/apis/apps/v1/${plural}`)));
    const names = new Set(lists.flat().flatMap(({ metadata }) => metadata.namespace ?? []));
    return [...names]
      .filter((name) => !taken.has(name) && !isOfTheCluster(name))
      .sort()
      .map((name) => ({
        what: `namespace ${name}`,
        why: `it is not of this stack; back it up by itself: rekindle backup create --namespace ${name}`,
      }));
  } catch (error) {
    return [
      { what: 'other namespaces of the cluster', why: `which there are is not known: ${whyOf(error)}` },
    ];
  }
}
