import { itemsOf } from '../../harden/fields/fields.ts';
import { at } from '../../export/collect/uses.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { ClusterDefinition } from './definition.ts';

type NodeObject = ClusterDefinition['nodeObjects'][number];

/**
 * Labels that the cluster itself gives each node: those of Kubernetes and of k3s (kubernetes.io, Well-Known Labels). Of their domains only
 * these; somebody may have set others there, roles for example.
 */
const given =
  /^(beta\.kubernetes\.io\/|kubernetes\.io\/(arch|hostname|os)$|node\.kubernetes\.io\/instance-type$|node-role\.kubernetes\.io\/(control-plane|master|etcd)$|k3s\.io\/|p2p\.k3s\.cattle\.io\/|egress\.k3s\.io\/|svccontroller\.k3s\.cattle\.io\/enablelb$)/;

/** Taints by which Kubernetes says how a node is, or that k3s sets on servers. */
const ownTaint =
  /^(node\.kubernetes\.io\/|node\.cloudprovider\.kubernetes\.io\/|node-role\.kubernetes\.io\/)/;

function taintsOf(node: KubeObject): NodeObject['taints'] {
  return itemsOf(at(node, 'spec', 'taints')).flatMap(({ key, value, effect }) =>
    typeof key !== 'string' || typeof effect !== 'string' || ownTaint.test(key)
      ? []
      : [{ key, effect, ...(typeof value === 'string' && { value }) }],
  );
}

/** Labels and taints that somebody has set on nodes; nodes without any are not in it. Pure. */
export function nodeObjectsOf(nodes: readonly KubeObject[]): NodeObject[] {
  return nodes.flatMap((node) => {
    const { name, labels = {} } = node.metadata;
    const own = Object.fromEntries(Object.entries(labels).filter(([key]) => !given.test(key)));
    const taints = taintsOf(node);
    return Object.keys(own).length === 0 && taints.length === 0 ? [] : [{ name, labels: own, taints }];
  });
}
