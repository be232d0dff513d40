import type {
  Component,
  DatabaseComponent,
  FrontDoor,
  PoolerComponent,
  SecretKeyRef,
  Stack,
} from '../domain/stack.ts';
import { adapterOf } from './adapter-of.ts';
import { declaredWriteProbe } from './declared-probe.ts';
import type { Inventory } from './inventory.ts';
import type { ServiceFacts, Workload } from './workload-shape.ts';

export interface DiscoveryContext {
  readonly cluster: Stack['cluster'];
  /** Where the load balancer publishes a node port; from the provider. */
  readonly published: ReadonlyMap<number, string>;
  /** First DNS name in the certificate of a TLS Secret, by Secret name. */
  readonly certificateNames: ReadonlyMap<string, string>;
}

const keyOf = (workload: Workload) => `${workload.kind}/${workload.name}`;

function selects(service: ServiceFacts, workload: Workload): boolean {
  const entries = Object.entries(service.selector);
  return entries.length > 0 && entries.every(([key, value]) => workload.labels[key] === value);
}

/** Words in env values, commands and mounted configuration in which a Service's name may stand. */
function mentions(workload: Workload, { configMaps }: Inventory): string {
  const config = workload.configVolumes.map((name) => configMaps[name] ?? '');
  const values = workload.env.flatMap((entry) => entry.value ?? []);
  return [...values, ...workload.words, ...config].join('\n');
}

function names(text: string, service: string): boolean {
  const escaped = service.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(^|[^a-z0-9-])${escaped}($|[^a-z0-9-])`, 'm').test(text);
}

function dependencies(workload: Workload, inventory: Inventory): readonly string[] {
  const text = mentions(workload, inventory);
  const found = inventory.services
    .filter((service) => names(text, service.name))
    .flatMap((service) =>
      inventory.workloads.filter((target) => selects(service, target) || leads(service, target)),
    );
  return [...new Set(found.filter((target) => target !== workload).map(keyOf))].sort();
}

/** The operator's primary Service has no selector: Patroni writes its Endpoints; it carries the cluster's name. */
function leads(service: ServiceFacts, workload: Workload): boolean {
  return workload.labels['application'] === 'spilo' && workload.labels['cluster-name'] === service.name;
}

function component(workload: Workload, inventory: Inventory): Component {
  const { adapter, why } = adapterOf(workload);
  const operatorEdge =
    adapter === 'pgbouncer'
      ? inventory.workloads.filter((entry) => isDatabaseOf(entry, workload.labels['cluster-name'])).map(keyOf)
      : [];
  return {
    ref: { kind: workload.kind, namespace: workload.namespace, name: workload.name },
    adapter,
    why,
    dependsOn: [...new Set([...operatorEdge, ...dependencies(workload, inventory)])],
    podLabels: workload.selector,
  };
}

function isDatabaseOf(workload: Workload, cluster: string | undefined): boolean {
  return workload.labels['application'] === 'spilo' && workload.labels['cluster-name'] === cluster;
}

/** Credentials that the Zalando operator makes: `<user>.<cluster>.credentials...`, with keys username and password. */
function secretPair(namespace: string, name: string): { user: SecretKeyRef; password: SecretKeyRef } {
  return { user: { namespace, name, key: 'username' }, password: { namespace, name, key: 'password' } };
}

const systemUsers = /^(postgres|standby|pooler)\./;

function database(workload: Workload, inventory: Inventory): DatabaseComponent | undefined {
  const cluster = workload.labels['cluster-name'];
  if (cluster === undefined) return undefined;
  const suffix = `.${cluster}.credentials.`;
  const secrets = inventory.workloads
    .flatMap((entry) => entry.env)
    .flatMap((entry) => entry.valueFrom?.secretKeyRef?.name ?? []);
  const appSecret = secrets.find((name) => name.includes(suffix) && !systemUsers.test(name));
  if (appSecret === undefined) return undefined;
  const client = inventory.workloads.find((entry) =>
    entry.env.some((variable) => variable.valueFrom?.secretKeyRef?.name === appSecret),
  );
  const databaseName = client?.env.find((entry) =>
    /^(DB|DATABASE|POSTGRES|PG)_?(NAME|DB|DATABASE)$/.test(entry.name),
  );
  const superuserSecret = `postgres.${appSecret.slice(appSecret.indexOf(suffix) + 1)}`;
  return {
    namespace: inventory.namespace,
    cluster,
    memberLabels: { application: 'spilo', 'cluster-name': cluster },
    app: { database: databaseName?.value ?? 'postgres', ...secretPair(inventory.namespace, appSecret) },
    superuser: secretPair(inventory.namespace, superuserSecret),
  };
}

function pooler(workload: Workload, databases: readonly DatabaseComponent[]): PoolerComponent | undefined {
  const secret = workload.env.find((entry) => entry.name === 'PGPASSWORD')?.valueFrom?.secretKeyRef?.name;
  const behind = databases.find((entry) => entry.cluster === workload.labels['cluster-name']) ?? databases[0];
  if (secret === undefined || behind === undefined) return undefined;
  return {
    namespace: workload.namespace,
    name: workload.name,
    podLabels: workload.selector,
    database: behind.app.database,
    role: secretPair(workload.namespace, secret),
    port: workload.ports[0]?.containerPort ?? 5432,
  };
}

function podPort(service: ServiceFacts, workload: Workload, index: number): number {
  const port = service.ports[index];
  const target = port?.targetPort ?? port?.port;
  if (typeof target === 'number') return target;
  return workload.ports.find((entry) => entry.name === target)?.containerPort ?? port?.port ?? 443;
}

function doorUrl(address: string, certificateName: string | undefined): string {
  const [host = 'localhost', port = ''] = address.split(':');
  return certificateName === undefined ? `http://${host}:${port}` : `https://${certificateName}:${port}`;
}

function doorOf(
  service: ServiceFacts,
  inventory: Inventory,
  context: DiscoveryContext,
): FrontDoor | undefined {
  const index = service.ports.findIndex((port) => context.published.has(port.nodePort ?? 0));
  const nodePort = service.ports[index]?.nodePort;
  const address = context.published.get(nodePort ?? 0);
  const workload = inventory.workloads.find((entry) => selects(service, entry));
  if (address === undefined || workload === undefined) return undefined;
  const tlsSecret = workload.secretVolumes.find((name) => context.certificateNames.has(name));
  const writeProbe = declaredWriteProbe(service.annotations);
  return {
    url: doorUrl(address, context.certificateNames.get(tlsSecret ?? '')),
    address,
    service: { namespace: inventory.namespace, name: service.name },
    healthPath: service.annotations['rekindle.dev/health-path'] ?? '/',
    podPort: podPort(service, workload, index),
    podLabels: workload.selector,
    ...(nodePort !== undefined && { nodePort }),
    ...(tlsSecret !== undefined && { tlsSecret: { namespace: inventory.namespace, name: tlsSecret } }),
    ...(writeProbe !== undefined && { writeProbe }),
  };
}

/** Default of the design: 15 s stability window; three attempts per step and object and run. */
export const defaultPolicy: Stack['policy'] = { stabilityWindowSeconds: 15, attempts: 3 };

/** The stack of one namespace from what is in it. Pure; says for each component how it was recognised. */
export function discover(inventory: Inventory, context: DiscoveryContext): Stack {
  const databases = inventory.workloads
    .filter((entry) => entry.labels['application'] === 'spilo')
    .flatMap((entry) => database(entry, inventory) ?? []);
  const [door] = inventory.services.flatMap((service) => doorOf(service, inventory, context) ?? []);
  return {
    name: inventory.namespace,
    cluster: context.cluster,
    namespace: inventory.namespace,
    components: inventory.workloads.map((entry) => component(entry, inventory)),
    databases,
    poolers: inventory.workloads
      .filter((entry) => adapterOf(entry).adapter === 'pgbouncer')
      .flatMap((entry) => pooler(entry, databases) ?? []),
    policy: defaultPolicy,
    ...(door !== undefined && { frontDoor: door }),
  };
}
