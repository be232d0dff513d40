import { defineCheck, type Draft } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import type { ServiceFields } from '../world/network.ts';
import { longRunning } from '../world/pod-spec.ts';
import { behind } from '../world/relations.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';

type ServicePort = ServiceFields['spec']['ports'][number];

const protocolOf = ({ protocol }: { readonly protocol?: string | null | undefined }) => protocol ?? 'TCP';

/** Ports that the pods behind a Service declare; a declaration is a note and no opening (core/v1, ContainerPort). */
function declared(world: World, service: Thing<ServiceFields>) {
  return behind(world, service).flatMap(({ pod }) => longRunning(pod).flatMap(({ ports }) => ports));
}

function judgePort(world: World, service: Thing<ServiceFields>, entry: ServicePort): Draft | undefined {
  const ports = declared(world, service).filter((port) => protocolOf(port) === protocolOf(entry));
  const wanted = entry.targetPort ?? entry.port;
  const isFound = ports.some(({ name, containerPort }) => name === wanted || containerPort === wanted);
  const isName = typeof wanted === 'string';
  // By number the pods may listen there without saying so; then nothing is known when they declare nothing.
  if (isFound || (!isName && declared(world, service).length === 0)) return undefined;
  return {
    object: service.ref,
    severity: isName ? 'high' : 'medium',
    claim: `Port ${entry.port} leads to ${isName ? `a port called ${wanted}` : `port ${wanted}`}, which no container behind it declares.`,
    evidence: [
      [`spec.ports[${entry.port}].targetPort`, String(wanted)],
      [
        'ports that its pods declare',
        ports
          .map(({ name, containerPort }) => (name ? `${name} ${containerPort}` : String(containerPort)))
          .join(', ') || `none of protocol ${protocolOf(entry)}`,
      ],
    ],
    advice: {
      say: 'Correct the target port, or declare the port in the container.',
      command: edit(service.ref),
    },
  };
}

/** A name that no container has makes no endpoint; a number is tried, whoever listens there. */
export const servicePortMismatch = defineCheck({
  id: 'service-port-mismatch',
  title: 'A Service that leads to the wrong port',
  severity: 'high',
  why: 'The pods are ready and nobody reaches them.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  needs: ['Service', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  judge: (world) =>
    world.services
      .filter((service) => behind(world, service).length > 0)
      .flatMap((service) =>
        service.fields.spec.ports.flatMap((entry) => judgePort(world, service, entry) ?? []),
      ),
});
