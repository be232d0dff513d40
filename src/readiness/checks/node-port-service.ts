import { defineCheck } from '../define-check.ts';

/** kubernetes.io, Service, type: NodePort. */
export const nodePortService = defineCheck({
  id: 'node-port-service',
  title: 'A front door on a port of the nodes',
  severity: 'low',
  why: 'Whoever connects must know the address of a node that is up; here one proxy container knows them, and in a cloud nothing does.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
  needs: ['Service'],
  judge: (world) =>
    world.services
      .filter(({ fields }) => fields.spec.type === 'NodePort')
      .map(({ ref, fields }) => ({
        object: ref,
        claim: `It is reached on port ${fields.spec.ports.map(({ nodePort, port }) => nodePort ?? `of its own for ${port}`).join(', ')} of every node.`,
        evidence: [
          ['spec.type', 'NodePort'],
          ...fields.spec.ports.map(
            ({ port, nodePort }) =>
              [`spec.ports[${port}].nodePort`, String(nodePort ?? 'given by the API')] as const,
          ),
        ],
        advice: { say: 'In a cloud use an Ingress, a Gateway or type LoadBalancer.' },
      })),
});
