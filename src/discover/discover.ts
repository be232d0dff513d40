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

/** The databases that a pooler may lead to: the one of its label, else those that it is known to need, else all. */
function behind(
  workload: Workload,
  databases: readonly DatabaseComponent[],
  edges: readonly Edge[],
): readonly DatabaseComponent[] {
  const labelled = databases.filter(({ cluster }) => cluster === workload.labels['cluster-name']);
  if (labelled.length > 0) return labelled;
  const needed = new Set(edges.filter(({ from }) => from === workloadKey(workload)).map(({ to }) => to));
  // The operator names a cluster's StatefulSet as the cluster.
  const named = databases.filter(({ cluster }) => needed.has(`StatefulSet/${cluster}`));
  return named.length > 0 ? named : databases;
}

/** Where the pooler's own login comes from; undefined when it is not by a Secret alone. */
function roleOf({ namespace, env }: Workload): PoolerComponent['role'] | undefined {
  const [user, password] = ['PGUSER', 'PGPASSWORD'].map((name) => env.find((entry) => entry.name === name));
  const passwordRef = password?.valueFrom?.secretKeyRef;
  const userRef = user?.valueFrom?.secretKeyRef;
  if (passwordRef === undefined || (user !== undefined && userRef === undefined)) return undefined;
  const { name, key } = passwordRef;
  return {
    user: { namespace, ...(userRef ?? { name, key: 'username' }) },
    password: { namespace, name, key },
  };
}

function pooler(
  workload: Workload,
  databases: readonly DatabaseComponent[],
  edges: readonly Edge[],
): PoolerComponent | undefined {
  const role = roleOf(workload);
  const [first, ...others] = behind(workload, databases, edges);
  if (role === undefined || first === undefined) return undefined;
  return {
    namespace: workload.namespace,
    name: workload.name,
    podLabels: workload.selector,
    ...(others.length === 0 && { cluster: first.cluster }),
    database: first.app.database,
    role,
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
      .flatMap((entry) => pooler(entry, databases, edges) ?? []),
    policy: defaultPolicy,
    ...(door !== undefined && { frontDoor: door }),
  };
}
