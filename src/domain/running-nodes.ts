import type { NodeContainer } from './observation.ts';

/** The containers that are nodes of the cluster and run; its load balancer and its tools are none. */
export function runningNodes(containers: readonly NodeContainer[]): readonly NodeContainer[] {
  return containers.filter(
    ({ role, state }) => (role === 'server' || role === 'agent') && state === 'running',
  );
}
