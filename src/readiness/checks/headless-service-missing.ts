import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { serviceSelects, together } from '../world/relations.ts';

/** kubernetes.io, StatefulSets, Limitations: they need a headless Service for the network identity of their pods. */
export const headlessServiceMissing = defineCheck({
  id: 'headless-service-missing',
  title: 'A StatefulSet without a headless Service',
  severity: 'low',
  why: 'Its pods then have no names of their own in the DNS: whatever asks for `NAME-0.SERVICE` finds nothing.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations',
  needs: ['StatefulSet', 'Service'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ kind }) => kind === 'StatefulSet')
      .flatMap(({ ref, spec, podLabels }) => {
        const name = spec.serviceName ?? '';
        const service = world.services.find((entry) => entry.ref.name === name && together(entry.ref, ref));
        const isHeadless = service?.fields.spec.clusterIP === 'None';
        if (service !== undefined && isHeadless && serviceSelects(service, podLabels)) return [];
        const why =
          service === undefined
            ? name === ''
              ? 'it names none'
              : `there is no Service ${name}`
            : `Service ${name} ${isHeadless ? 'selects other pods' : 'has an address of its own'}`;
        return [
          {
            object: ref,
            claim: `Its pods have no DNS names of their own: ${why}.`,
            evidence: [
              ['spec.serviceName', name === '' ? 'not set' : name],
              ...(service === undefined
                ? []
                : ([
                    ['spec.clusterIP', service.fields.spec.clusterIP ?? 'given by the API', service.ref],
                    ['spec.selector', JSON.stringify(service.fields.spec.selector), service.ref],
                  ] as const)),
            ],
            advice: {
              say: 'Make a Service with clusterIP: None that selects its pods and name it in spec.serviceName, which can only be set when the StatefulSet is made.',
              command: kubectl(ref, 'get services'),
            },
          },
        ];
      }),
});
