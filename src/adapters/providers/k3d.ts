import { setTimeout as sleep } from 'node:timers/promises';

import type { ContainerMount } from '../../domain/machine.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import type { ClusterProvider, ContainerEvent } from '../../ports/cluster-provider.ts';
import { ContainerArchives } from '../docker/archives.ts';
import { endpointName } from '../docker/endpoint.ts';
import { DockerEngine, type InspectedContainer, type PortBindings } from '../docker/engine.ts';
import { machineOf, nodeMounts } from './k3d-storage.ts';
import { runK3d, type Environment } from './k3d-tool.ts';

/** k3d puts these labels on every container it makes (k3d: pkg/types, DefaultRuntimeLabels). */
const appLabel = 'app=k3d';
const clusterLabel = 'k3d.cluster';
const roleLabel = 'k3d.role';

/** On a node to which it gave an address of its own (k3d: pkg/types, LabelNodeStaticIP). */
const staticAddressLabel = 'k3d.node.staticIP';

/**
 * Time that k3d may take until the nodes of a cluster it starts are up, s. It waits by default and without an end.
 * A server node is up after 10-30 s on a slow machine.
 */
const startTimeoutSeconds = 180;

export interface K3dOptions {
  readonly engine?: DockerEngine;
  readonly environment?: Environment;
}

/** Clusters of k3d, through the Docker Engine API and, to start one, k3d itself. */
export function createK3dProvider(options: K3dOptions = {}): ClusterProvider {
  const environment = options.environment ?? process.env;
  const engine = options.engine ?? new DockerEngine();
  const archives = new ContainerArchives(engine);
  const gatewayIsHost = gatewayJudge(engine);
  return {
    kind: 'k3d',
    place: `${engine.endpoint.url}, from ${engine.endpoint.from}`,
    engine: endpointName(engine.endpoint),
    clusters: () => clustersOf(engine),
    containers: async (cluster) => {
      const [found, isHost] = await Promise.all([inspectAll(engine, cluster), gatewayIsHost()]);
      return found.map((container) => nodeContainer(container, isHost));
    },
    machine: () => machineOf(engine),
    mounts: (cluster) => mountsOf(engine, cluster),
    startContainer: (id) => engine.start(id),
    killContainer: (id) => engine.kill(id),
    restartContainer: (id) => engine.restart(id),
    readFile: (containerId, reading) => archives.readFile(containerId, reading),
    readFolder: (containerId, path, limitBytes) => archives.readFolder(containerId, path, limitBytes),
    readArchive: (containerId, reading) => archives.readArchive(containerId, reading),
    writeArchive: (containerId, folder, body) => archives.writeArchive(containerId, folder, body),
    writeFile: (containerId, file) => archives.writeFile(containerId, file),
    runOnNode: async (containerId, argv) => {
      await engine.exec(containerId, argv);
    },
    askNode: (containerId, argv) => engine.exec(containerId, argv),
    setRestartPolicy: (containerId, policy) => {
      const [name = 'no', attempts = '0'] = policy.split(':');
      return engine.setRestartPolicy(containerId, name, Number(attempts));
    },
    kubeconfig: (cluster) => kubeconfigOf(engine, environment, cluster),
    startCluster: (cluster, signal) => startCluster(engine, environment, cluster, signal),
    // k3d's proxy image and its configuration need no path: nginx finds /etc/nginx/nginx.conf by itself.
    reloadLoadBalancer: async (containerId) => {
      await engine.exec(containerId, ['nginx', '-s', 'reload']);
    },
    async follow(cluster, take, signal) {
      for await (const event of engine.events([appLabel, `${clusterLabel}=${cluster}`], signal)) {
        const happened = containerEvent(event);
        if (happened !== undefined) take(happened);
      }
    },
    async publishedAddress(cluster, nodePort) {
      const found = await inspectAll(engine, cluster);
      // A port may also be published by a node itself (`8443:30443@server:0`); the load balancer comes first.
      const ordered = [...found].sort((a, b) => rank(a) - rank(b));
      for (const container of ordered) {
        const address = published(container, `${nodePort}/tcp`, engine.endpoint.host ?? '127.0.0.1');
        if (address !== undefined) return address;
      }
      return undefined;
    },
  };
}

/** A registry that was made for no cluster (`k3d registry create`) has the label without a name (k3d: pkg/client/registry.go). */
async function clustersOf(engine: DockerEngine): Promise<readonly string[]> {
  return (await engine.labelValues([appLabel], clusterLabel)).filter((name) => name !== '');
}

async function inspectAll(engine: DockerEngine, cluster: string): Promise<readonly InspectedContainer[]> {
  const ids = await engine.containerIds([appLabel, `${clusterLabel}=${cluster}`]);
  const found = await Promise.all(ids.map((id) => engine.inspect(id)));
  return found.filter((container) => container !== undefined);
}

/** k3d labels the volumes that it makes with their cluster, and deletes those with it (k3d: pkg/client/cluster.go). */
async function mountsOf(engine: DockerEngine, cluster: string): Promise<readonly ContainerMount[]> {
  const own = await engine.volumeNames([`${clusterLabel}=${cluster}`]);
  return (await inspectAll(engine, cluster)).flatMap((container) => nodeMounts(container, own));
}

/** Nobody waits longer for it than for the containers themselves: an engine that is starting may be slow to tell of itself, ms. */
const gatewayWaitMs = 250;

/**
 * Says whether the gateway of a network is the host. Docker Desktop and Colima run the engine in a virtual machine, of which it is
 * an address; k3d asks their resolver for the host instead (k3d: pkg/client/host.go, GetHostIP). Asked until there is an answer, and
 * without one it counts as not known, which is no.
 */
function gatewayJudge(engine: DockerEngine): () => Promise<boolean> {
  let known: boolean | undefined;
  let asking: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    try {
      const { OperatingSystem: system = '', Name: name = '' } = await engine.info();
      known = system.toLowerCase() !== 'docker desktop' && name !== 'colima';
    } catch {
      // It is asked again with the next look.
    } finally {
      asking = undefined;
    }
  };
  return async () => {
    if (known === undefined) {
      asking ??= ask();
      const stop = new AbortController();
      const waited = sleep(gatewayWaitMs, undefined, { signal: stop.signal }).catch(() => undefined);
      await Promise.race([asking, waited]);
      stop.abort();
    }
    return known === true;
  };
}

function nodeContainer(container: InspectedContainer, gatewayIsHost: boolean): NodeContainer {
  const { State: state, HostConfig: host, NetworkSettings: network } = container;
  const addresses = Object.values(network.Networks ?? {}).flatMap((found) => [
    found?.IPAddress ?? '',
    found?.GlobalIPv6Address ?? '',
  ]);
  const gateway = Object.values(network.Networks ?? {})
    .map((found) => found?.Gateway ?? '')
    .find((address) => address !== '');
  return {
    id: container.Id,
    name: container.Name.replace(/^\//, ''),
    role: roleOf(container),
    state: state.Status as NodeContainer['state'],
    startedAt: Math.max(0, Date.parse(state.StartedAt) || 0),
    exitCode: state.ExitCode,
    restartPolicy: restartPolicyOf(host),
    restartCount: container.RestartCount ?? 0,
    addresses: addresses.filter((address) => address !== ''),
    ...(gateway !== undefined && gatewayIsHost && { gateway }),
    ...(container.Config.Labels?.[staticAddressLabel] !== undefined && { hasStaticAddress: true }),
  };
}

/** What is read of an event of the engine (Docker Engine API, `EventMessage`; the attributes hold the container's labels). */
interface EngineEvent {
  readonly Action?: string;
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
  readonly timeNano?: number;
}

/** Undefined for what is no event of a container, and for what the engine does all the time by itself (`exec_start: ...`). */
function containerEvent(event: unknown): ContainerEvent | undefined {
  const { Action: action, Actor: actor, timeNano = 0 } = (event ?? {}) as EngineEvent;
  const attributes = actor?.Attributes;
  if (action === undefined || attributes === undefined || !/^[a-z_]+$/.test(action)) return undefined;
  if (action.startsWith('exec_')) return undefined;
  return {
    name: attributes['name'] ?? '',
    role: roleNamed(attributes[roleLabel]),
    action,
    at: Math.round(timeNano / 1e6),
  };
}

function restartPolicyOf({ RestartPolicy: policy }: InspectedContainer['HostConfig']): string {
  const attempts = policy?.MaximumRetryCount ?? 0;
  return `${policy?.Name || 'no'}${attempts > 0 ? `:${attempts}` : ''}`;
}

function roleOf(container: InspectedContainer): NodeContainer['role'] {
  return roleNamed(container.Config.Labels?.[roleLabel]);
}

function roleNamed(role: string | undefined): NodeContainer['role'] {
  return role === 'server' || role === 'agent' || role === 'loadbalancer' ? role : 'other';
}

function rank(container: InspectedContainer): number {
  return roleOf(container) === 'loadbalancer' ? 0 : 1;
}

/** A stopped container has its wish (PortBindings) but no fact (Ports): the wish is what it will get. */
function published(container: InspectedContainer, port: string, engineHost: string): string | undefined {
  const facts: PortBindings = container.NetworkSettings.Ports ?? {};
  const wishes: PortBindings = container.HostConfig.PortBindings ?? {};
  const binding = [...(facts[port] ?? []), ...(wishes[port] ?? [])].find(({ HostPort: host }) => host);
  if (binding === undefined) return undefined;
  const { HostIp: host = '', HostPort: hostPort = '' } = binding;
  if (['', '0.0.0.0', '::'].includes(host)) return `${engineHost}:${hostPort}`;
  return host.includes(':') ? `[${host}]:${hostPort}` : `${host}:${hostPort}`;
}

async function startCluster(
  engine: DockerEngine,
  environment: Environment,
  cluster: string,
  signal?: AbortSignal,
): Promise<void> {
  await runK3d(engine, environment, {
    args: ['cluster', 'start', cluster, '--timeout', `${startTimeoutSeconds}s`],
    what: 'k3d could not start the cluster',
    next: `Look at the nodes: docker ps --all --filter label=${clusterLabel}=${cluster}.`,
    seconds: startTimeoutSeconds + 30,
    signal,
  });
}

/** k3d reads it from the server node; its output must never reach an error, for it holds a key. */
function kubeconfigOf(engine: DockerEngine, environment: Environment, cluster: string): Promise<string> {
  return runK3d(engine, environment, {
    args: ['kubeconfig', 'get', cluster],
    what: 'k3d could not give the kubeconfig of the cluster',
    next: 'Write one with `k3d kubeconfig merge` when the cluster runs.',
    seconds: 30,
  });
}
