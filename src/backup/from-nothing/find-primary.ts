import { z } from 'zod';

import { ownLabels } from '../../discover/own-labels.ts';
import { at, textAt } from '../../export/collect/uses.ts';
import { itemsOf } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { PsqlSession, type ServerInPod } from '../postgres/psql-session.ts';
import type { ClusterAccess } from './context.ts';

const usualContainer = 'postgres';

/** Query of the labels by which a workload knows its pods; undefined: it does not say. */
export function podSelector(workload: KubeObject | undefined): string | undefined {
  const labels = Object.entries(workload === undefined ? {} : ownLabels(workload));
  return labels.length === 0 ? undefined : labels.map(([name, value]) => `${name}=${value}`).join(',');
}

/** Pods of a StatefulSet or Deployment that are there and not about to go. */
export async function podsOf(
  { reader }: Pick<ClusterAccess, 'reader'>,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
): Promise<readonly KubeObject[]> {
  const space = encodeURIComponent(namespace);
  const plural = kind === 'StatefulSet' ? 'statefulsets' : 'deployments';
  const workload = await reader.get(
    `/apis/apps/v1/namespaces/${space}/${plural}/${encodeURIComponent(name)}`,
  );
  const labelSelector = podSelector(workload);
  if (labelSelector === undefined) return [];
  const pods = await reader.list(`/api/v1/namespaces/${space}/pods`, { labelSelector });
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** Whether every container of a pod is ready. */
export function isReady(pod: KubeObject): boolean {
  return itemsOf(at(pod, 'status', 'conditions')).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
}

function serverIn(pod: KubeObject, superuser: string): ServerInPod {
  const names = itemsOf(at(pod, 'spec', 'containers')).map(({ name }) => String(name));
  const container = names.includes(usualContainer) ? usualContainer : (names[0] ?? usualContainer);
  const { name, namespace = '' } = pod.metadata;
  return { namespace, pod: name, container, superuser };
}

async function takesWrites({ programs }: ClusterAccess, server: ServerInPod): Promise<boolean> {
  const session = await PsqlSession.open(programs, server, 'postgres');
  try {
    const row = z.object({ primary: z.boolean() });
    return (await session.row('SELECT NOT pg_is_in_recovery() AS primary', row)).primary;
  } finally {
    session.close();
  }
}

/** The server of a Patroni cluster that takes writes, found by asking each; undefined: none does yet. Throws what asking throws. */
export async function findPrimary(
  access: ClusterAccess,
  {
    namespace,
    cluster,
    superuser,
  }: { readonly namespace: string; readonly cluster: string; readonly superuser: string },
): Promise<ServerInPod | undefined> {
  const pods = await podsOf(access, { kind: 'StatefulSet', namespace, name: cluster });
  for (const pod of pods.filter((entry) => textAt(entry, 'status', 'phase') === 'Running')) {
    const server = serverIn(pod, superuser);
    if (await takesWrites(access, server)) return server;
  }
  return undefined;
}
