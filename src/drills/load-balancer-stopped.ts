import { containersOf, containerState } from './containers.ts';
import { defineDrill } from './define-drill.ts';

/** The cluster is well, its front door is shut: k3d's load balancer was stopped, and with it the published API. */
export const loadBalancerStopped = defineDrill({
  id: 'load-balancer-stopped',
  title: 'The load balancer in front of the cluster was stopped',
  inject: async (lab) => {
    const [loadBalancer] = await containersOf(lab, 'loadbalancer');
    if (loadBalancer === undefined) throw new Error('the cluster has no load balancer');
    await lab.docker(['stop', loadBalancer]);
    return { cut: 'none', facts: { loadBalancer } };
  },
  proof: async (lab, { facts }) => {
    const state = await containerState(lab, facts['loadBalancer'] ?? '');
    return { proven: !state.running, evidence: `${facts['loadBalancer']} ${state.status}` };
  },
  expectedFindings: ['load-balancer-stopped'],
  undo: async (lab, { facts }) => {
    await lab.docker(['start', facts['loadBalancer'] ?? '']);
  },
});
