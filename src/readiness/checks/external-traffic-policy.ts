import { defineCheck } from '../define-check.ts';

/** kubernetes.io, Virtual IPs, Traffic policies. */
export const externalTrafficPolicy = defineCheck({
  id: 'external-traffic-policy',
  title: 'How traffic from outside reaches pods',
  severity: 'info',
  why: 'Local drops what arrives at a node without a pod of it; Cluster hides the visitor’s address and may cost one hop more.',
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy',
  needs: ['Service'],
  judge: (world) =>
    world.services
      .filter(({ fields: { spec } }) => {
        const policy = spec.externalTrafficPolicy ?? 'Cluster';
        return (
          (spec.type === 'LoadBalancer' && policy === 'Cluster') ||
          (spec.type === 'NodePort' && policy === 'Local')
        );
      })
      .map(({ ref, fields: { spec } }) => ({
        object: ref,
        claim:
          spec.type === 'NodePort'
            ? 'A visitor who arrives at a node without a pod of it gets no answer.'
            : 'The pods do not see who visits, and a visitor may be passed on to another node.',
        evidence: [
          ['spec.type', spec.type],
          ['spec.externalTrafficPolicy', spec.externalTrafficPolicy ?? 'Cluster (the default)'],
        ],
        advice: {
          say: 'Choose on purpose: Local behind a load balancer that checks nodes, Cluster otherwise.',
        },
      })),
});
