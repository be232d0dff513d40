import { defineCheck, type Draft } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { backendsOf, type Backend } from '../judging/ingress-backends.ts';
import type { IngressFields } from '../world/network.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';

function troubleOf({ services }: World, ingress: Thing<IngressFields>, backend: Backend): string | undefined {
  const { service: name, port } = backend;
  if (name === undefined) return 'leads to something that is no Service, which is not looked at';
  const service = services.find(({ ref }) => ref.name === name && ref.namespace === ingress.ref.namespace);
  if (service === undefined) return `leads to Service ${name}, which is not there`;
  if (port === undefined) return `names no port of Service ${name}`;
  const isThere = service.fields.spec.ports.some((entry) => entry.port === port || entry.name === port);
  return isThere ? undefined : `leads to port ${port}, which Service ${name} does not have`;
}

function judge(world: World, ingress: Thing<IngressFields>): readonly Draft[] {
  const { ref, fields } = ingress;
  const broken = backendsOf(ingress).flatMap((backend) => {
    const trouble = troubleOf(world, ingress, backend);
    if (trouble === undefined) return [];
    const isOther = backend.service === undefined;
    return [
      {
        object: ref,
        // A backend of another kind is nothing wrong; only nobody looked.
        ...(isOther && { severity: 'info' as const }),
        claim: `${backend.path} ${trouble}.`,
        evidence: [
          [backend.field, `${backend.service ?? 'no Service'} port ${backend.port ?? 'not set'}`],
        ] as const,
        advice: isOther
          ? { say: 'Look by hand whether it is there.', command: edit(ref) }
          : { say: 'Correct the backend, or make the Service.', command: edit(ref) },
      },
    ];
  });
  const errors = fields.status.loadBalancer.ingress.flatMap(({ ports }) =>
    ports.flatMap(({ port, error }) =>
      error === null || error === undefined
        ? []
        : [
            {
              object: ref,
              claim: `Its load balancer cannot open port ${port}: ${error}.`,
              evidence: [[`status.loadBalancer.ingress.ports[${port}].error`, error]] as const,
              advice: { say: 'Read the log of the ingress controller.' },
            },
          ],
    ),
  );
  return [...broken, ...errors];
}

/** networking.k8s.io/v1, IngressBackend. */
export const ingressBackendMissing = defineCheck({
  id: 'ingress-backend-missing',
  title: 'An Ingress that leads nowhere',
  severity: 'high',
  why: 'Visitors get an error page of the ingress controller.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  needs: ['Ingress', 'Service'],
  judge: (world) => world.ingresses.flatMap((ingress) => judge(world, ingress)),
});
