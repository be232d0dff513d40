import { dependencyCycle } from '../domain/dependency-cycle.ts';
import type { Inventory } from './inventory.ts';
import { containerMentions, fileMentions, names, type Mention } from './mentions.ts';
import { secretsOf, type ServiceFacts, type Workload } from './workload-shape.ts';

/** One workload needs another one. */
export interface Edge {
  /** `Kind/name`. */
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** `Kind/name`, as the stack file names components. */
export function workloadKey(workload: Workload): string {
  return `${workload.kind}/${workload.name}`;
}

/** Whether the Service sends to the workload's pods; an empty selector selects nothing. */
export function selects(service: ServiceFacts, workload: Workload): boolean {
  const entries = Object.entries(service.selector);
  return entries.length > 0 && entries.every(([key, value]) => workload.labels[key] === value);
}

/**
 * Whether the Service leads to a database of the operator. That of the primary has no selector (Patroni writes its
 * Endpoints) and the cluster's name; that of the replicas selects by a role that only Patroni writes on the pods.
 */
function leads({ name, selector }: ServiceFacts, { labels }: Workload): boolean {
  if (labels['application'] !== 'spilo') return false;
  const cluster = labels['cluster-name'];
  return cluster === name || (selector['application'] === 'spilo' && selector['cluster-name'] === cluster);
}

/** The operator's pooler stands before the operator's database of the same cluster name. */
function operatorEdges(workload: Workload, databases: readonly Workload[]): readonly Edge[] {
  if (workload.labels['application'] !== 'db-connection-pooler') return [];
  return databases
    .filter((database) => database.labels['cluster-name'] === workload.labels['cluster-name'])
    .map((database) => ({
      from: workloadKey(workload),
      to: workloadKey(database),
      why: `label cluster-name=${database.labels['cluster-name'] ?? ''} (Zalando operator)`,
    }));
}

/** Whoever logs in with credentials that the operator made (`<user>.<cluster>.credentials...`) needs that cluster. */
function credentialEdges(workload: Workload, databases: readonly Workload[]): readonly Edge[] {
  const secrets = secretsOf(workload);
  return databases.flatMap((database) => {
    const secret = secrets.find((name) =>
      name.includes(`.${database.labels['cluster-name'] ?? ''}.credentials.`),
    );
    return secret === undefined
      ? []
      : [{ from: workloadKey(workload), to: workloadKey(database), why: `it logs in with Secret ${secret}` }];
  });
}

function namedEdges(workload: Workload, inventory: Inventory, mentions: readonly Mention[]): readonly Edge[] {
  return inventory.services.flatMap((service) => {
    const found = mentions.find(({ text }) => names(text, service.name, inventory.namespace));
    if (found === undefined) return [];
    const why = `${found.where} names Service ${service.name}`;
    return inventory.workloads
      .filter((target) => selects(service, target) || leads(service, target))
      .map((target) => ({ from: workloadKey(workload), to: workloadKey(target), why }));
  });
}

/** The first edge of each pair; nothing depends on itself. */
function distinct(edges: readonly Edge[]): readonly Edge[] {
  const first = new Map<string, Edge>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to}`;
    if (edge.from !== edge.to && !first.has(key)) first.set(key, edge);
  }
  return [...first.values()];
}

/**
 * Without the edges that close a circle: it has no order, and its members would wait for one another. The last way of
 * the circle in the order of evidence goes: operator, credentials, files, then environment and commands.
 */
function withoutCircles(edges: readonly Edge[]): readonly Edge[] {
  const graph = new Map<string, string[]>();
  for (const { from, to } of edges) graph.set(from, [...(graph.get(from) ?? []), to]);
  const circle = dependencyCycle(graph);
  if (circle === undefined) return edges;
  const weakest = edges.findLast(({ from, to }) =>
    circle.some((name, index) => name === from && circle[index + 1] === to),
  );
  return withoutCircles(edges.filter((edge) => edge !== weakest));
}

/** Who needs whom in this namespace, each with its reason; sorted by name, without circles. Pure. */
export function dependencyEdges(inventory: Inventory): readonly Edge[] {
  const { workloads } = inventory;
  const databases = workloads.filter(({ labels }) => labels['application'] === 'spilo');
  const edges = distinct([
    ...workloads.flatMap((workload) => operatorEdges(workload, databases)),
    ...workloads.flatMap((workload) => credentialEdges(workload, databases)),
    ...workloads.flatMap((workload) => namedEdges(workload, inventory, fileMentions(workload, inventory))),
    ...workloads.flatMap((workload) =>
      namedEdges(workload, inventory, containerMentions(workload, inventory)),
    ),
  ]);
  return [...withoutCircles(edges)].sort((a, b) => a.to.localeCompare(b.to));
}
