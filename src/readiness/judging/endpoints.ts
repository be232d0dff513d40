import type { ServiceFields } from '../world/network.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';

/** The label by which a slice names its Service (discovery.k8s.io/v1). */
const serviceName = 'kubernetes.io/service-name';

/** Addresses to which a Service leads now, each once. */
export function readyAddresses({ endpointSlices }: World, { ref }: Thing<ServiceFields>): readonly string[] {
  const addresses = endpointSlices
    .filter(({ ref: own, labels }) => own.namespace === ref.namespace && labels[serviceName] === ref.name)
    .flatMap(({ fields }) =>
      fields.endpoints
        // Not said means ready (discovery.k8s.io/v1, EndpointConditions).
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap((endpoint) => endpoint.addresses),
    );
  return [...new Set(addresses)];
}
