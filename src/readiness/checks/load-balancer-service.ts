import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';

/** k3s answers for such Services with the addresses of its own nodes (docs.k3s.io, Service Load Balancer). */
export const loadBalancerService = defineCheck({
  id: 'load-balancer-service',
  title: 'A Service that wants a load balancer',
  severity: 'medium',
  why: 'Each is a load balancer of its own, and costs one, in a cloud. In a local cluster its address is a node’s, or there is none.',
  source: 'https://docs.k3s.io/networking/networking-services#service-load-balancer',
  needs: ['Service', 'Node'],
  judge: (world) =>
    world.services
      .filter(({ fields }) => fields.spec.type === 'LoadBalancer')
      .map(({ ref, fields }) => {
        const addresses = fields.status.loadBalancer.ingress.map(({ ip, hostname }) => ip ?? hostname ?? '');
        const own = new Set(
          world.nodes.flatMap(({ fields: node }) => node.status.addresses.map(({ address }) => address)),
        );
        const areNodes = addresses.length > 0 && addresses.every((address) => own.has(address));
        const none = world.isLive && addresses.length === 0;
        return {
          object: ref,
          severity: none ? ('medium' as const) : ('low' as const),
          claim: none
            ? 'Nothing has given it an address: from outside it cannot be reached.'
            : areNodes
              ? 'Its address is that of nodes of this cluster: no load balancer stands before them.'
              : 'It asks for a load balancer of its own.',
          evidence: [
            ['spec.type', 'LoadBalancer'],
            ['spec.externalTrafficPolicy', fields.spec.externalTrafficPolicy ?? 'Cluster (the default)'],
            ...(world.isLive
              ? ([['status.loadBalancer.ingress', addresses.join(', ') || 'none']] as const)
              : []),
          ],
          advice: none
            ? { say: 'See why.', command: kubectl(ref, `describe service/${ref.name}`) }
            : {
                say: 'One is enough: an Ingress or Gateway controller that leads to all others.',
                command: kubectl(ref, `get service/${ref.name} --output wide`),
              },
        };
      }),
});
