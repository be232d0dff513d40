import { z } from 'zod';

import { maintenanceText } from '../../domain/maintenance.ts';
import type { NodeFacts } from '../../domain/observation.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';

const nodeShape = z.object({
  spec: z.object({ unschedulable: z.boolean().default(false) }).prefault({}),
  status: z
    .object({
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
    })
    .prefault({}),
});
const leaseShape = z.object({ spec: z.object({ renewTime: z.string().optional() }).prefault({}) });

function facts(node: KubeObject, lease: KubeObject | undefined): NodeFacts {
  const { spec, status } = nodeShape.parse(node);
  const maintenance = maintenanceText(node.metadata.annotations);
  const renewed = lease && leaseShape.parse(lease).spec.renewTime;
  const address = status.addresses.find((entry) => entry.type === 'InternalIP')?.address;
  return {
    name: node.metadata.name,
    ready: status.conditions.some((entry) => entry.type === 'Ready' && entry.status === 'True'),
    unschedulable: spec.unschedulable,
    ...(renewed !== undefined && { leaseRenewedAt: Date.parse(renewed) }),
    ...(address !== undefined && { address }),
    ...(maintenance !== undefined && { maintenance }),
  };
}

/** Nodes with the time of their last heartbeat: Ready alone stays True for about 40 s after a node is gone. */
export async function collectNodes(reader: ClusterReader): Promise<readonly NodeFacts[]> {
  const [nodes, leases] = await Promise.all([
    reader.list('/api/v1/nodes'),
    reader.list('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'),
  ]);
  const leaseOf = new Map(leases.map((lease) => [lease.metadata.name, lease]));
  return nodes.map((node) => facts(node, leaseOf.get(node.metadata.name)));
}
