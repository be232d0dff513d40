import { defineCheck, type Draft } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { eachServing, fieldOf, type Subject } from '../judging/subjects.ts';
import { backendsOf } from '../judging/ingress-backends.ts';
import { behind } from '../world/relations.ts';
import { longRunning } from '../world/pod-spec.ts';
import type { World } from '../world/world.ts';

const say = 'Give the port a name in the container and use the name everywhere else.';

function ofContainer(subject: Subject): readonly Draft[] {
  const { workload, container } = subject;
  const unnamed = container.ports.filter(({ name }) => !name).map(({ containerPort }) => containerPort);
  const probes = (['livenessProbe', 'readinessProbe'] as const).filter(
    (probe) => typeof container[probe]?.httpGet?.port === 'number',
  );
  if (unnamed.length === 0 && probes.length === 0) return [];
  return [
    {
      object: workload.ref,
      container: container.name,
      claim: `Container ${container.name} names its ports by number.`,
      evidence: [
        ...unnamed.map((port) => [fieldOf(subject, `ports[${port}].name`), 'not set'] as const),
        ...probes.map(
          (probe) =>
            [fieldOf(subject, `${probe}.httpGet.port`), String(container[probe]?.httpGet?.port)] as const,
        ),
      ],
      advice: { say, command: edit(workload.ref) },
    },
  ];
}

function ofServices(world: World): readonly Draft[] {
  return world.services.flatMap((service) => {
    const workloads = behind(world, service);
    const declares = workloads.some(({ pod }) => longRunning(pod).some(({ ports }) => ports.length > 0));
    const numbered = service.fields.spec.ports.filter(({ targetPort }) => typeof targetPort !== 'string');
    if (workloads.length === 0 || numbered.length === 0) return [];
    return [
      {
        object: service.ref,
        claim: declares
          ? 'It leads to its pods by the number of a port.'
          : 'Its pods declare no ports: whether the number is right is known only when somebody connects.',
        evidence: numbered.map(
          ({ port, targetPort }) => [`spec.ports[${port}].targetPort`, String(targetPort ?? port)] as const,
        ),
        advice: { say, command: edit(service.ref) },
      },
    ];
  });
}

function ofIngresses(world: World): readonly Draft[] {
  return world.ingresses.flatMap((ingress) => {
    const numbered = backendsOf(ingress).filter(({ port }) => typeof port === 'number');
    if (numbered.length === 0) return [];
    return [
      {
        object: ingress.ref,
        claim: 'It leads to its Services by the number of a port.',
        evidence: numbered.map(({ field, service, port }) => [field, `${service} port ${port}`] as const),
        advice: { say: 'Name the port of the Service and use the name here.', command: edit(ingress.ref) },
      },
    ];
  });
}

/** A name moves with the container; a number has to be changed in the Service, the probes and the Ingress as well. */
export const portByNumber = defineCheck({
  id: 'port-by-number',
  title: 'Ports by number',
  severity: 'info',
  why: 'Whoever moves the port must change it in several places, and forgets one.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Service', 'Ingress'],
  eachAlone: 'workload',
  judge: (world) => [...eachServing(world, ofContainer), ...ofServices(world), ...ofIngresses(world)],
});
