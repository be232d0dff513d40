import { loadBalancerValues, upstreamNames } from '../../domain/load-balancer-values.ts';
import type { LoadBalancerFacts, NodeContainer } from '../../domain/observation.ts';
import { isUnsteady } from '../../domain/unsteady-container.ts';
import type { ObserveContext } from '../context.ts';
import { look } from '../look.ts';

/** A person's list of nodes is short, bytes. */
const limitBytes = 256 * 1024;

/** Nobody changes it while the load balancer cannot start, ms. */
const keptMs = 5000;

/** The values that a container's configuration is made from, as text. Reads a stopped container as well. */
export async function readValues(
  { provider }: Pick<ObserveContext, 'provider'>,
  container: Pick<NodeContainer, 'id'>,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  const path = `${loadBalancerValues.folder}/${loadBalancerValues.name}`;
  await provider.readFile(container.id, { path, limitBytes, take: (chunk) => void chunks.push(chunk) });
  return Buffer.concat(chunks).toString('utf8');
}

/** What a load balancer that does not stay up is configured to lead to; one that does has accepted its configuration. */
export async function collectLoadBalancers(
  context: ObserveContext,
  containers: readonly NodeContainer[],
): Promise<readonly LoadBalancerFacts[]> {
  const now = context.clock.now();
  const silent = containers.filter((entry) => entry.role === 'loadbalancer' && isUnsteady(entry, now));
  return Promise.all(
    silent.map(async (container) => ({
      id: container.id,
      name: container.name,
      upstreams: await context.kept.ask<LoadBalancerFacts['upstreams']>(
        `values ${container.id}`,
        keptMs,
        () =>
          look(context.clock, `values of ${container.name}`, async () =>
            upstreamNames(await readValues(context, container)),
          ),
        (answer) => answer.looked,
      ),
    })),
  );
}
