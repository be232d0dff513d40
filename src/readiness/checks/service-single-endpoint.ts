import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { readyAddresses } from '../judging/endpoints.ts';

/** What is, whatever the number of copies that is wanted. */
export const serviceSingleEndpoint = defineCheck({
  id: 'service-single-endpoint',
  title: 'A Service with one endpoint now',
  severity: 'low',
  why: 'When that pod ends nobody answers until the next one is ready.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/',
  needs: ['Service', 'EndpointSlice'],
  isLive: true,
  judge: (world) =>
    world.services.flatMap((service) => {
      const { ref, fields } = service;
      if (Object.keys(fields.spec.selector).length === 0) return [];
      const [address, ...others] = readyAddresses(world, service);
      if (address === undefined || others.length > 0) return [];
      return [
        {
          object: ref,
          claim: `Everything that asks it goes to ${address}.`,
          evidence: [['endpoints', address]],
          advice: {
            say: 'Run a second copy where the program allows it.',
            command: kubectl(ref, `get endpointslices -l kubernetes.io/service-name=${ref.name}`),
          },
        },
      ];
    }),
});
