import type { NodeContainer } from './observation.ts';

/** Whether a container is a node of the cluster; its load balancer and its tools are none. */
export function isNode({ role }: { readonly role: string }): boolean {
  return role === 'server' || role === 'agent';
}

/** The containers that are nodes of the cluster and run. */
export function runningNodes(containers: readonly NodeContainer[]): readonly NodeContainer[] {
  return containers.filter((container) => isNode(container) && container.state === 'running');
}
