import type { ObjectRef } from '../../domain/object-ref.ts';
import type { PodFacts } from '../../domain/observation.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import type { HardenSession } from './session.ts';

const collections: Readonly<Record<string, string>> = {
  Deployment: '/apis/apps/v1/namespaces/NAMESPACE/deployments',
  StatefulSet: '/apis/apps/v1/namespaces/NAMESPACE/statefulsets',
  PodDisruptionBudget: '/apis/policy/v1/namespaces/NAMESPACE/poddisruptionbudgets',
  ConfigMap: '/api/v1/namespaces/NAMESPACE/configmaps',
};

/** REST path of an object that measures change. */
export function objectPath({ kind, namespace = '', name }: ObjectRef): string {
  const collection = collections[kind] ?? '';
  return `${collection.replace('NAMESPACE', encodeURIComponent(namespace))}/${encodeURIComponent(name)}`;
}

/** Whether a change of it replaces pods. */
export function hasPods({ kind }: ObjectRef): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet';
}

/** The pods of a workload of the stack, those that are being deleted too. */
export async function podsOf(
  { context }: Pick<HardenSession, 'context'>,
  object: ObjectRef,
): Promise<readonly PodFacts[]> {
  if (!hasPods(object)) return [];
  const { reader, stack } = context;
  const component = stack.components.find(({ ref }) => ref.kind === object.kind && ref.name === object.name);
  const pods = await reader.list(`/api/v1/namespaces/${stack.namespace}/pods`);
  return pods.map((pod) => podFacts(pod)).filter((pod) => hasLabels(pod, component?.podLabels ?? {}));
}
