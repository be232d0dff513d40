import { annotationsOf, Bench } from '../bench.ts';
import {
  containersOf,
  fieldsOf,
  listOf,
  podLabels,
  selects,
  textAt,
  valueAt,
  type Fields,
  type Manifest,
} from '../manifest.ts';
import type { Door, DoorBackend, DoorRoute } from '../target.ts';

/** Annotation by which the owner names the path that says whether the stack works. */
const healthAnnotation = 'rekindle.dev/health-path';
const probeAnnotation = 'rekindle.dev/write-probe';

/** A way in, and the objects that were it on the local cluster. */
export interface FoundDoor extends Door {
  readonly sources: readonly Manifest[];
}

function portNumber(service: Manifest, wanted: unknown): number | undefined {
  const ports = listOf(valueAt(service, ['spec', 'ports']));
  const found = ports.find(({ name, port }) => name === wanted || port === wanted) ?? undefined;
  return typeof found?.['port'] === 'number' ? found['port'] : undefined;
}

function routeOf(bench: Bench, ingress: Manifest, path: Fields): DoorRoute | undefined {
  const service = textAt(path, ['backend', 'service', 'name']);
  if (service === undefined) return undefined;
  const found = bench.find('Service', service, ingress.metadata.namespace);
  const named = fieldsOf(valueAt(path, ['backend', 'service', 'port']));
  const port = found === undefined ? named['number'] : portNumber(found, named['name'] ?? named['number']);
  if (typeof port !== 'number') return undefined;
  const pathType = path['pathType'] === 'Exact' ? 'Exact' : 'Prefix';
  return { path: typeof path['path'] === 'string' ? path['path'] : '/', pathType, service, port };
}

function ingressRoutes(bench: Bench, ingress: Manifest): readonly DoorRoute[] {
  const paths = listOf(valueAt(ingress, ['spec', 'rules'])).flatMap((rule) =>
    listOf(valueAt(rule, ['http', 'paths'])),
  );
  const usual = fieldsOf(valueAt(ingress, ['spec', 'defaultBackend']));
  const all = usual['service'] === undefined ? paths : [...paths, { backend: usual }];
  return all.map((path) => routeOf(bench, ingress, path)).filter((route) => route !== undefined);
}

/** `Host(...) && PathPrefix(...)` of Traefik's IngressRoute; anything else in the rule cannot be carried over. */
function traefikRoutes(bench: Bench, manifest: Manifest): readonly DoorRoute[] | undefined {
  const routes = listOf(valueAt(manifest, ['spec', 'routes'])).map((route): DoorRoute | undefined => {
    const match = String(route['match']);
    const [, prefix = '/'] = /PathPrefix\(`([^`]+)`\)/.exec(match) ?? [];
    const rest = match.replaceAll(/(Host|PathPrefix)\(`[^`]+`\)|&&|\s/g, '');
    const [service] = listOf(route['services']);
    const name = service?.['name'];
    if (rest !== '' || route['middlewares'] !== undefined || typeof name !== 'string') return undefined;
    const found = bench.find('Service', name, manifest.metadata.namespace);
    const port = found === undefined ? service?.['port'] : portNumber(found, service?.['port']);
    return typeof port === 'number' ? { path: prefix, pathType: 'Prefix', service: name, port } : undefined;
  });
  const known = routes.filter((route) => route !== undefined);
  return known.length === routes.length && known.length > 0 ? known : undefined;
}

/** Readiness of the container behind the Service's port, where it asks by HTTP. */
function probePath(bench: Bench, service: Manifest, targetPort: number | string): string | undefined {
  const selector = fieldsOf(valueAt(service, ['spec', 'selector']));
  for (const workload of bench.objects()) {
    if (workload.metadata.namespace !== service.metadata.namespace) continue;
    if (!selects(selector, podLabels(workload))) continue;
    for (const { container } of containersOf(workload)) {
      const probe = fieldsOf(valueAt(container, ['readinessProbe', 'httpGet']));
      const ports = listOf(container['ports']);
      const known = ports.map(({ name, containerPort }): readonly unknown[] => [name, containerPort]);
      const isPort = (port: unknown) =>
        port === targetPort || known.some((one) => one.includes(port) && one.includes(targetPort));
      if (typeof probe['path'] === 'string' && isPort(probe['port'])) return probe['path'];
    }
  }
  return undefined;
}

const tlsWords = /traefik\.ingress\.kubernetes\.io\/service\.serversscheme/;

function backendOf(bench: Bench, service: Manifest, port: number, sources: readonly Manifest[]): DoorBackend {
  const found = listOf(valueAt(service, ['spec', 'ports'])).find((entry) => entry['port'] === port) ?? {};
  const target = found['targetPort'] ?? port;
  const targetPort = typeof target === 'string' ? target : Number(target);
  const says = [service, ...sources].some((manifest) =>
    Object.entries(annotationsOf(manifest)).some(([key, value]) => tlsWords.test(key) && value === 'https'),
  );
  const speaksTls = says || found['name'] === 'https' || port === 443 || found['appProtocol'] === 'HTTPS';
  const healthPath = annotationsOf(service)[healthAnnotation] ?? probePath(bench, service, targetPort);
  return { service, port, targetPort, speaksTls, ...(healthPath !== undefined && { healthPath }) };
}

function doorOf(
  bench: Bench,
  name: string,
  namespace: string,
  found: { readonly routes: readonly DoorRoute[]; readonly sources: readonly Manifest[] },
): FoundDoor {
  const seen = new Map<string, DoorBackend>();
  for (const { service, port } of found.routes) {
    const manifest = bench.find('Service', service, namespace);
    if (manifest !== undefined && !seen.has(service))
      seen.set(service, backendOf(bench, manifest, port, found.sources));
  }
  return { name, namespace, ...found, backends: [...seen.values()] };
}

const isOpen = (service: Manifest) =>
  ['LoadBalancer', 'NodePort'].includes(textAt(service, ['spec', 'type']) ?? '') ||
  annotationsOf(service)[probeAnnotation] !== undefined ||
  annotationsOf(service)[healthAnnotation] !== undefined;

/** Names of ports that speak HTTP; a database's node port is no front door. */
const webPort = (port: Fields) =>
  /^(https?|web|websecure)(-|$)/.test(textAt(port, ['name']) ?? '') ||
  [80, 443, 3000, 5000, 8000, 8080, 8443].includes(Number(port['port']));

function serviceDoors(bench: Bench): readonly FoundDoor[] {
  return bench
    .objects('Service')
    .filter(isOpen)
    .flatMap((service) => {
      const ports = listOf(valueAt(service, ['spec', 'ports'])).filter(webPort);
      const best = ports.find(({ port, name }) => port === 443 || name === 'https') ?? ports[0];
      if (best === undefined) return [];
      const { name, namespace = 'default' } = service.metadata;
      const route: DoorRoute = { path: '/', pathType: 'Prefix', service: name, port: Number(best['port']) };
      return [doorOf(bench, name, namespace, { routes: [route], sources: [service] })];
    });
}

/**
 * The ways into the stack: its Ingresses, else Traefik's routes, else Services that are open to the outside or that the owner
 * has marked for Rekindle. `unclear` are routes whose rules cannot be carried over.
 */
export function findDoors(bench: Bench): {
  readonly doors: readonly FoundDoor[];
  readonly unclear: readonly Manifest[];
} {
  const ingresses = bench.objects('Ingress').flatMap((ingress) => {
    const routes = ingressRoutes(bench, ingress);
    const { name, namespace = 'default' } = ingress.metadata;
    return routes.length === 0 ? [] : [doorOf(bench, name, namespace, { routes, sources: [ingress] })];
  });
  const traefik = bench.objects('IngressRoute');
  const known = traefik.flatMap((manifest) => {
    const routes = traefikRoutes(bench, manifest);
    const { name, namespace = 'default' } = manifest.metadata;
    return routes === undefined ? [] : [doorOf(bench, name, namespace, { routes, sources: [manifest] })];
  });
  const unclear = traefik.filter((manifest) => traefikRoutes(bench, manifest) === undefined);
  const doors = [...ingresses, ...known];
  return { doors: doors.length > 0 ? doors : serviceDoors(bench), unclear };
}

/** The path that says whether the stack works, as it was found in the stack before anything was rewritten. */
export function findHealthPath(manifests: readonly Manifest[]): string | undefined {
  const [door] = findDoors(new Bench(manifests)).doors;
  return door?.backends.find(({ healthPath }) => healthPath !== undefined)?.healthPath;
}
