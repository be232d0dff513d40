import type { ClusterDefinition } from '../cluster/definition.ts';

type NodeObject = ClusterDefinition['nodeObjects'][number];

/** REST path of a node. */
export function applyPath(name: string): string {
  return `/api/v1/nodes/${encodeURIComponent(name)}`;
}

/** What is applied to a node: labels and taints that somebody had set, and nothing of what the cluster sets itself. Pure. */
export function nodePatch({ name, labels, taints }: NodeObject) {
  return {
    manager: 'rekindle-restore',
    force: true,
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, ...(Object.keys(labels).length > 0 && { labels }) },
      ...(taints.length > 0 && { spec: { taints } }),
    },
  };
}
