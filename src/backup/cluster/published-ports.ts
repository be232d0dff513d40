import { nodesByPort } from '../../domain/load-balancer-values.ts';
import type { MadeContainer, PublishedPort } from '../../ports/cluster-maker.ts';
import type { ClusterDefinition } from './definition.ts';
import { grouped, type NumberedNode } from './node-filters.ts';

/** Port of the API inside a k3d cluster; k3d publishes it by itself. */
const apiPort = '6443/tcp';

function textOf({ inside, hostIp, hostPort }: PublishedPort): string {
  const [port = '', protocol = 'tcp'] = inside.split('/');
  const address = hostIp === '' ? '' : `${hostIp}:`;
  return `${address}${hostPort}:${port}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}

/** Where the load balancer leads a port: `loadbalancer` alone means every node (k3d.io, Exposing Services). */
function filtersOf(
  { inside }: PublishedPort,
  nodes: readonly NumberedNode[],
  values: string | undefined,
): string[] {
  const key = inside.replace('/', '.');
  const names = values === undefined ? undefined : nodesByPort(values).get(key);
  const leading = nodes.filter(({ container }) => names?.includes(container.name) === true);
  if (leading.length === 0 || leading.length === nodes.length) return ['loadbalancer'];
  return grouped(nodes, leading).map((filter) => `${filter}:proxy`);
}

const wanted = (ports: readonly PublishedPort[]) => ports.filter(({ inside }) => inside !== apiPort);

/** Ports that somebody has published, by the load balancer or by a node itself; not that of the API. Pure. */
export function publishedPorts(
  nodes: readonly NumberedNode[],
  balancer: MadeContainer | undefined,
  values: string | undefined,
): ClusterDefinition['ports'] {
  const led = wanted(balancer?.ports ?? []).map((port) => ({
    port: textOf(port),
    nodes: filtersOf(port, nodes, values),
  }));
  const direct = nodes.flatMap((node) =>
    wanted(node.container.ports).map((port) => ({
      port: textOf(port),
      nodes: [`${node.role}:${node.index}:direct`],
    })),
  );
  return [...led, ...direct];
}
