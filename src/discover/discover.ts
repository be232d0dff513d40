import type { Component, DatabaseComponent, PoolerComponent, SecretKeyRef, Stack } from '../domain/stack.ts';
import { adapterOf } from './adapter-of.ts';
import { dependencyEdges, workloadKey, type Edge } from './edges.ts';
import { frontDoor, type PublishedPorts } from './front-door.ts';
import type { Inventory } from './inventory.ts';
import { secretsOf, type Workload } from './workload-shape.ts';

export interface DiscoveryContext extends PublishedPorts {
  readonly cluster: Stack['cluster'];
}

function component(workload: Workload, edges: readonly Edge[]): Component {
  const { adapter, why } = adapterOf(workload);
  const own = edges.filter((edge) => edge.from === workloadKey(workload));
  return {
    ref: { kind: workload.kind, namespace: workload.namespace, name: workload.name },
    adapter,
    why,
    dependsOn: own.map((edge) => edge.to),
    dependsOnWhy: Object.fromEntries(own.map((edge) => [edge.to, edge.why])),
    podLabels: workload.selector,
  };
}

/** Credentials that the Zalando operator makes: `<user>.<cluster>.credentials...`, with keys username and password. */
function secretPair(namespace: string, name: string): { user: SecretKeyRef; password: SecretKeyRef } {
  return { user: { namespace, name, key: 'username' }, password: { namespace, name, key: 'password' } };
}

/** Secrets that a workload may log in with: as its environment, or as files. */
function loginsOf(workload: Workload): readonly string[] {
  return [...secretsOf(workload), ...workload.secretVolumes];
}

const systemUsers = /^(postgres|standby|pooler)\./;

function database(workload: Workload, inventory: Inventory): DatabaseComponent | undefined {
  const cluster = workload.labels['cluster-name'];
  if (cluster === undefined) return undefined;
  const suffix = `.${cluster}.credentials.`;
  const secrets = [
    ...inventory.workloads.flatMap(secretsOf),
    ...inventory.workloads.flatMap(({ secretVolumes }) => secretVolumes),
  ];
  const appSecret = secrets.find((name) => name.includes(suffix) && !systemUsers.test(name));
  if (appSecret === undefined) return undefined;
  const client = inventory.workloads.find((entry) => loginsOf(entry).includes(appSecret));
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

/** Default of the design: 15 s stability window; three attempts per step and object and run. */
export const defaultPolicy: Stack['policy'] = { stabilityWindowSeconds: 15, attempts: 3 };

/** The stack of one namespace from what is in it. Pure; says for each component how it was recognised. */
export function discover(inventory: Inventory, context: DiscoveryContext): Stack {
  const databases = inventory.workloads
    .filter((entry) => entry.labels['application'] === 'spilo')
    .flatMap((entry) => database(entry, inventory) ?? []);
  const door = frontDoor(inventory, context);
  const edges = dependencyEdges(inventory);
  return {
    name: inventory.namespace,
    cluster: context.cluster,
    namespace: inventory.namespace,
    components: inventory.workloads.map((entry) => component(entry, edges)),
    databases,
    poolers: inventory.workloads
      .filter((entry) => adapterOf(entry).adapter === 'pgbouncer')
      .flatMap((entry) => pooler(entry, databases) ?? []),
    policy: defaultPolicy,
    ...(door !== undefined && { frontDoor: door }),
  };
}
