import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { readyAddresses } from '../judging/endpoints.ts';

/** Only ready pods are endpoints, unless the Service wants others too (core/v1, ServiceSpec). */
export const serviceWithoutEndpoints = defineCheck({
  id: 'service-without-endpoints',
  title: 'A Service that leads nowhere now',
  severity: 'high',
  why: 'Whoever asks it now gets no answer.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/',
  needs: ['Service', 'EndpointSlice'],
  isLive: true,
  judge: (world) =>
    world.services
      .filter(
        (service) =>
          service.fields.spec.type !== 'ExternalName' &&
          Object.keys(service.fields.spec.selector).length > 0 &&
          readyAddresses(world, service).length === 0,
      )
      .map(({ ref, fields }) => ({
        object: ref,
        claim: 'It has no ready endpoint.',
        evidence: [
          ['spec.selector', JSON.stringify(fields.spec.selector)],
          ['endpoints', 'none that is ready'],
        ],
        advice: {
          say: 'See which pods it should lead to, and why they are not ready.',
          command: kubectl(ref, `describe service/${ref.name}`),
        },
      })),
});
