import type { FrontDoor } from '../domain/stack.ts';
import { declaredWriteProbe } from './declared-probe.ts';
import { selects } from './edges.ts';
import type { IngressFacts, IngressRoute } from './ingress-shape.ts';
import type { Inventory } from './inventory.ts';
import type { ServiceFacts, Workload } from './workload-shape.ts';

/** What only the provider and the Secrets know about ways in. */
export interface PublishedPorts {
  /** Where the load balancer publishes a port of the nodes; from the provider. */
  readonly published: ReadonlyMap<number, string>;
  /** First DNS name in the certificate of a TLS Secret, by Secret name. */
  readonly certificateNames: ReadonlyMap<string, string>;
}

/** Ports on which a controller serves Ingresses, and that k3d's load balancer passes on when it is told to (`-p 8443:443`). */
const ingressPorts = { https: 443, http: 80 } as const;

/** Ports of the nodes through which this namespace may be reached. */
export function publishablePorts({ services, ingresses }: Inventory): readonly number[] {
  const nodePorts = services.flatMap((service) => service.ports.flatMap(({ nodePort }) => nodePort ?? []));
  return ingresses.length === 0 ? nodePorts : [...nodePorts, ingressPorts.https, ingressPorts.http];
}

/** Names of the Secrets that may hold the front door's certificate. */
export function certificateSecrets({ workloads, ingresses }: Inventory): ReadonlySet<string> {
  const ofIngresses = ingresses.flatMap(({ tls }) => tls.flatMap(({ secretName }) => secretName ?? []));
  return new Set([...workloads.flatMap(({ secretVolumes }) => secretVolumes), ...ofIngresses]);
}

type Port = ServiceFacts['ports'][number];

/** Port of the pod behind a port of the Service; a name is looked up among the pod's own. */
function podPort(port: Port | undefined, workload: Workload): number {
  const target = port?.targetPort ?? port?.port;
  if (typeof target === 'number') return target;
  return workload.ports.find((entry) => entry.name === target)?.containerPort ?? port?.port ?? 443;
}

/** `https://host:port`, without the port where it is the scheme's own. */
function urlOf(scheme: 'http' | 'https', host: string, address: string): string {
  return new URL(`${scheme}://${host}:${address.split(':').at(-1) ?? ''}`).origin;
}

/** What is the same for every way in: the pods behind the Service and what its annotations say. */
function behind(
  service: ServiceFacts,
  workload: Workload,
  { namespace }: Inventory,
): Pick<FrontDoor, 'service' | 'healthPath' | 'podLabels' | 'writeProbe'> {
  const writeProbe = declaredWriteProbe(service.annotations);
  return {
    service: { namespace, name: service.name },
    healthPath: service.annotations['rekindle.dev/health-path'] ?? '/',
    podLabels: workload.selector,
    ...(writeProbe !== undefined && { writeProbe }),
  };
}

/** The Service's first port that the load balancer publishes, and where. */
function publishedPort(
  { ports }: ServiceFacts,
  published: PublishedPorts['published'],
): { readonly port: Port; readonly nodePort: number; readonly address: string } | undefined {
  for (const port of ports) {
    const { nodePort = 0 } = port;
    const address = published.get(nodePort);
    if (address !== undefined) return { port, nodePort, address };
  }
  return undefined;
}

function serviceDoor(
  service: ServiceFacts,
  inventory: Inventory,
  { published, certificateNames }: PublishedPorts,
): FrontDoor | undefined {
  const found = publishedPort(service, published);
  const workload = inventory.workloads.find((entry) => selects(service, entry));
  if (found === undefined || workload === undefined) return undefined;
  const { port, nodePort, address } = found;
  const tlsSecret = workload.secretVolumes.find((name) => certificateNames.has(name));
  const certified = certificateNames.get(tlsSecret ?? '');
  const [host = 'localhost'] = address.split(':');
  return {
    ...behind(service, workload, inventory),
    url: certified === undefined ? urlOf('http', host, address) : urlOf('https', certified, address),
    address,
    podPort: podPort(port, workload),
    nodePort,
    ...(tlsSecret !== undefined && { tlsSecret: { namespace: inventory.namespace, name: tlsSecret } }),
    why: `Service ${service.name}: its node port ${nodePort} is published at ${address}`,
  };
}

/** The TLS part of an Ingress that covers this host; `*.shop.local` covers one label. */
function tlsFor(ingress: IngressFacts, host: string | undefined): IngressFacts['tls'][number] | undefined {
  const wildcard = host?.replace(/^[^.]+/, '*');
  return ingress.tls.find(
    ({ hosts }) => hosts.length === 0 || hosts.some((name) => name === host || name === wildcard),
  );
}

function routeDoor(
  { ingress, route }: { readonly ingress: IngressFacts; readonly route: IngressRoute },
  inventory: Inventory,
  { published, certificateNames }: PublishedPorts,
): FrontDoor | undefined {
  const tls = tlsFor(ingress, route.host);
  const scheme = tls === undefined ? 'http' : 'https';
  const address = published.get(ingressPorts[scheme]);
  const service = inventory.services.find(({ name }) => name === route.service);
  const workload = inventory.workloads.find((entry) => service !== undefined && selects(service, entry));
  if (address === undefined || service === undefined || workload === undefined) return undefined;
  const secret = tls?.secretName;
  const named = route.host ?? certificateNames.get(secret ?? '');
  const host = named?.replace(/^\*/, 'www') ?? address.split(':')[0] ?? 'localhost';
  const port = service.ports.find((entry) => entry.name === route.port || entry.port === route.port);
  return {
    ...behind(service, workload, inventory),
    url: urlOf(scheme, host, address),
    address,
    podPort: podPort(port, workload),
    nodePort: ingressPorts[scheme],
    ...(secret !== undefined && { tlsSecret: { namespace: inventory.namespace, name: secret } }),
    why: `Ingress ${ingress.name}: ${host}${route.path} leads to Service ${service.name}, published at ${address}`,
  };
}

/**
 * The way in: an Ingress whose controller's port is published, the shortest path first, else a Service whose node port
 * is. Undefined when nothing of the kind is there.
 */
export function frontDoor(inventory: Inventory, ports: PublishedPorts): FrontDoor | undefined {
  const routes = inventory.ingresses
    .flatMap((ingress) => ingress.routes.map((route) => ({ ingress, route })))
    .sort((a, b) => a.route.path.length - b.route.path.length);
  const [door] = [
    ...routes.flatMap((entry) => routeDoor(entry, inventory, ports) ?? []),
    ...inventory.services.flatMap((service) => serviceDoor(service, inventory, ports) ?? []),
  ];
  return door;
}
