import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { readyAddresses } from '../judging/endpoints.ts';

/** Patroni and other operators write the endpoints themselves; in files nobody can know who will. */
export const serviceWithoutSelector = defineCheck({
  id: 'service-without-selector',
  title: 'A Service whose endpoints somebody else must write',
  severity: 'info',
  why: 'When that somebody does not run, it leads nowhere, or to an address of before.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors',
  needs: ['Service'],
  judge: (world) =>
    world.services
      .filter(
        ({ fields, ref }) =>
          fields.spec.type !== 'ExternalName' &&
          Object.keys(fields.spec.selector).length === 0 &&
          !(ref.namespace === 'default' && ref.name === 'kubernetes'),
      )
      .map((service) => {
        const addresses = world.isLive ? readyAddresses(world, service) : undefined;
        return {
          object: service.ref,
          claim: 'It has no selector: whoever keeps its endpoints must run for it to lead anywhere.',
          evidence: [
            ['spec.selector', 'not set'],
            ...(addresses === undefined ? [] : ([['endpoints', addresses.join(', ') || 'none']] as const)),
          ],
          advice: {
            say: 'Know who writes its endpoints.',
            command: kubectl(
              service.ref,
              `get endpointslices -l kubernetes.io/service-name=${service.ref.name}`,
            ),
          },
        };
      }),
});
