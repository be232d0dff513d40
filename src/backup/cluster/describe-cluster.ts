import type { ClusterMaker, EngineImage, MadeContainer } from '../../ports/cluster-maker.ts';
import type { ClusterDefinition, Listed } from './definition.ts';
import { argumentsOf } from './k3s-arguments.ts';
import { grouped, numbered, type NumberedNode } from './node-filters.ts';
import { restoreLabel } from './restore-label.ts';
import { publishedPorts } from './published-ports.ts';

/** What is known of a cluster from its containers. */
export interface ClusterFacts {
  readonly name: string;
  readonly containers: readonly MadeContainer[];
  /** The image of its nodes as the engine has it; undefined: it was removed from the engine. */
  readonly nodeImage: EngineImage | undefined;
  readonly loadBalancerValues: string | undefined;
  readonly registriesFile: string | undefined;
}

/** A definition without what the API and the images tell. */
export type DescribedCluster = Omit<ClusterDefinition, 'nodeObjects' | 'images'>;

/** Labels in which k3d keeps its own books (k3d pkg/types, DefaultRuntimeLabels and LabelCluster...). */
const label = {
  version: 'k3d.version',
  network: 'k3d.cluster.network',
  isExternal: 'k3d.cluster.network.external',
  range: 'k3d.cluster.network.iprange',
  imageVolume: 'k3d.cluster.imageVolume',
  staticIp: 'k3d.node.staticIP',
  apiHost: 'k3d.server.api.host',
  apiHostIp: 'k3d.server.api.hostIP',
  apiPort: 'k3d.server.api.port',
  aliases: 'k3d.cluster.start.hostaliases',
} as const;

const isOwnLabel = (name: string) =>
  name === 'app' || name === restoreLabel || name.startsWith('k3d.') || name.startsWith('k3s.');

/** Variables that k3d gives each node anew. */
const ownVariable = /^(K3S_TOKEN|K3S_URL|K3S_KUBECONFIG_OUTPUT|K3D_\w+)=/;

/** Files that k3d makes where a node's memory is limited (k3d pkg/util, MakeFakeMeminfo). */
const ownTarget = /:(\/proc\/meminfo|\/sys\/devices\/system\/edac)(:|$)/;

function bindsOf({ binds, labels }: MadeContainer): readonly string[] {
  const images = labels[label.imageVolume];
  return binds.filter(
    (bind) => !ownTarget.test(bind) && (images === undefined || !bind.startsWith(`${images}:`)),
  );
}

function environmentOf({ environment }: MadeContainer, image: EngineImage | undefined): readonly string[] {
  const ofImage = new Set(image?.environment);
  return environment.filter((variable) => !ofImage.has(variable) && !ownVariable.test(variable));
}

function labelsOf({ labels }: MadeContainer, image: EngineImage | undefined): readonly string[] {
  return Object.entries(labels)
    .filter(([name, value]) => !isOwnLabel(name) && image?.labels[name] !== value)
    .map(([name, value]) => `${name}=${value}`);
}

function aliasesOf(text: string | undefined): ClusterDefinition['hostAliases'] {
  if (text === undefined) return [];
  const found = JSON.parse(text) as readonly { readonly ip: string; readonly hostnames: string[] }[] | null;
  return (found ?? []).map(({ ip, hostnames }) => ({ ip, hostnames }));
}

/** What a definition cannot say. */
function notesOf(nodes: readonly NumberedNode[], image: EngineImage | undefined): readonly string[] {
  return [
    ...nodes
      .filter(({ container, usualName }) => container.name !== usualName)
      .map(({ container, usualName }) => `node ${container.name} will be called ${usualName}`),
    ...(image === undefined
      ? [
          'the engine no longer has the image of the nodes: what the image sets cannot be told from what somebody set',
        ]
      : []),
  ];
}

const networkOf = (labels: Readonly<Record<string, string>>): Pick<ClusterDefinition, 'network'> =>
  labels[label.isExternal] === 'true' && labels[label.network] !== undefined
    ? { network: labels[label.network] }
    : {};

const memoryOf = (nodes: readonly NumberedNode[], role: string): number =>
  nodes.find((node) => node.role === role)?.container.memoryBytes ?? 0;

function registriesOf({ containers, registriesFile: config, name }: ClusterFacts): {
  readonly registries: ClusterDefinition['registries'];
  readonly notes: readonly string[];
} {
  const registries = containers.filter(({ role }) => role === 'registry');
  const own = registries.filter(({ labels }) => labels['k3d.cluster'] === name);
  return {
    registries: {
      use: registries.filter((container) => !own.includes(container)).map((container) => container.name),
      ...(config !== undefined && { config }),
    },
    notes: own.map(
      (container) => `registry ${container.name} is of the cluster: it and what is in it go with the cluster`,
    ),
  };
}

const asNode = (container: MadeContainer): NumberedNode => ({
  role: 'loadbalancer',
  index: 0,
  usualName: container.name,
  container,
});

/** A range that the engine chose by itself is not asked for again: another network may have it by then. */
function subnetOf(labels: Readonly<Record<string, string>>): Pick<ClusterDefinition, 'subnet'> {
  const range = labels[label.range];
  return range !== undefined && labels[label.staticIp] !== undefined ? { subnet: range } : {};
}

/**
 * How the cluster was made, as far as its containers tell; images and what was set through the API come from elsewhere. Pure. Throws
 * when it has no server.
 */
export function describeCluster(facts: ClusterFacts): DescribedCluster {
  const { name, containers, nodeImage, loadBalancerValues } = facts;
  const nodes = numbered(name, containers);
  const server = nodes.find(({ role }) => role === 'server')?.container;
  if (server === undefined) throw new Error(`the cluster ${name} has no server node`);
  const balancer = containers.find(({ role }) => role === 'loadbalancer');
  const { labels } = server;
  const { registries, notes } = registriesOf(facts);
  const all = [...nodes, ...(balancer === undefined ? [] : [asNode(balancer)])];
  return {
    schema: 'rekindle.dev/v1alpha1/cluster-definition',
    provider: 'k3d',
    name,
    ...(labels[label.version] !== undefined && { k3dVersion: labels[label.version] }),
    image: { ...server.image, digests: [...(nodeImage?.digests ?? [])], isStored: false },
    ...(balancer !== undefined && { loadBalancerImage: { name: balancer.image.name, isStored: false } }),
    servers: nodes.filter(({ role }) => role === 'server').length,
    agents: nodes.filter(({ role }) => role === 'agent').length,
    api: {
      host: labels[label.apiHost] ?? '',
      hostIp: labels[label.apiHostIp] ?? '',
      hostPort: labels[label.apiPort] ?? '',
    },
    ...networkOf(labels),
    ...subnetOf(labels),
    ports: [...publishedPorts(nodes, balancer, loadBalancerValues)],
    volumes: volumesOf(nodes),
    arguments: [...lists(nodes, ({ container }) => argumentsOf(container).others)],
    environment: [...lists(nodes, ({ container }) => environmentOf(container, nodeImage))],
    containerLabels: [...lists(all, ({ container }) => labelsOf(container, nodeImage))],
    nodeLabels: [...lists(nodes, ({ container }) => argumentsOf(container).nodeLabels)],
    serversMemoryBytes: memoryOf(nodes, 'server'),
    agentsMemoryBytes: memoryOf(nodes, 'agent'),
    hostAliases: aliasesOf(labels[label.aliases]),
    registries,
    notes: [...notesOf(nodes, nodeImage), ...notes],
  };
}

/** Every bind with the nodes that have it. */
function volumesOf(nodes: readonly NumberedNode[]): ClusterDefinition['volumes'] {
  const binds = [...new Set(nodes.flatMap(({ container }) => bindsOf(container)))];
  return binds.map((volume) => {
    const having = nodes.filter(({ container }) => bindsOf(container).includes(volume));
    return { volume, nodes: grouped(nodes, having) };
  });
}

/** Every list of values with the nodes that have exactly this one: the order within it may mean something. */
function lists(
  nodes: readonly NumberedNode[],
  of: (node: NumberedNode) => readonly string[],
): readonly Listed[] {
  const found = new Map<string, { readonly values: readonly string[]; readonly having: NumberedNode[] }>();
  for (const node of nodes) {
    const values = of(node);
    if (values.length === 0) continue;
    const key = JSON.stringify(values);
    const known = found.get(key);
    if (known === undefined) found.set(key, { values, having: [node] });
    else known.having.push(node);
  }
  return [...found.values()].map(({ values, having }) => ({
    values: [...values],
    nodes: grouped(nodes, having),
  }));
}

/** Looks at the containers of a cluster. Throws EngineUnreachable, and EngineRefused where a file of a node cannot be read. */
export async function lookAtCluster(maker: ClusterMaker, name: string): Promise<ClusterFacts> {
  const containers = await maker.containers(name);
  const server = containers.find(({ role }) => role === 'server');
  const balancer = containers.find(({ role }) => role === 'loadbalancer');
  return {
    name,
    containers,
    nodeImage: server === undefined ? undefined : await maker.image(server.image.id || server.image.name),
    loadBalancerValues: balancer === undefined ? undefined : await maker.loadBalancerValues(balancer),
    registriesFile: server === undefined ? undefined : await maker.registriesFile(server),
  };
}
