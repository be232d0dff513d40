import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import type { NodeContainer } from '../../domain/observation.ts';
import type { ClusterProvider } from '../../ports/cluster-provider.ts';
import { redact } from '../../record/redact.ts';
import { ContainerArchives } from '../docker/archives.ts';
import { DockerEngine, type InspectedContainer, type PortBindings } from '../docker/engine.ts';
import { ExplainedError } from '../../record/explained-error.ts';

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

/** `k3d` is missing or failed. */
export class K3dFailed extends ExplainedError {
  override readonly name = 'K3dFailed';
}

export interface K3dOptions {
  readonly engine?: DockerEngine;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Clusters of k3d, through the Docker Engine API and, to start one, k3d itself. */
export function createK3dProvider(options: K3dOptions = {}): ClusterProvider {
  const environment = options.environment ?? process.env;
  const engine = options.engine ?? new DockerEngine();
  const archives = new ContainerArchives(engine);
  return {
    kind: 'k3d',
    place: `${engine.endpoint.url}, from ${engine.endpoint.from}`,
    clusters: () => engine.labelValues([appLabel], clusterLabel),
    containers: async (cluster) => (await inspectAll(engine, cluster)).map((found) => nodeContainer(found)),
    startContainer: (id) => engine.start(id),
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

async function inspectAll(engine: DockerEngine, cluster: string): Promise<readonly InspectedContainer[]> {
  const ids = await engine.containerIds([appLabel, `${clusterLabel}=${cluster}`]);
  const found = await Promise.all(ids.map((id) => engine.inspect(id)));
  return found.filter((container) => container !== undefined);
}

function nodeContainer(container: InspectedContainer): NodeContainer {
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
    ...(gateway !== undefined && { gateway }),
    ...(container.Config.Labels?.[staticAddressLabel] !== undefined && { hasStaticAddress: true }),
  };
}

function restartPolicyOf({ RestartPolicy: policy }: InspectedContainer['HostConfig']): string {
  const attempts = policy?.MaximumRetryCount ?? 0;
  return `${policy?.Name || 'no'}${attempts > 0 ? `:${attempts}` : ''}`;
}

function roleOf(container: InspectedContainer): NodeContainer['role'] {
  const role = container.Config.Labels?.[roleLabel];
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

interface K3dRun {
  readonly args: readonly string[];
  /** What could not be done when it fails, and what the reader can do. */
  readonly what: string;
  readonly next: string;
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The names by which Go programs know a proxy (golang.org/x/net/http/httpproxy), in capitals or not. */
const proxyNames: ReadonlySet<string> = new Set(['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']);

/** The engine and the cluster are on this machine: a proxy has no business between them and k3d. */
function withoutProxies(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !proxyNames.has(name.toLowerCase())),
  );
}

/** Runs k3d against the very engine that was observed, whatever else the environment says. Resolves with its output. */
async function runK3d(engine: DockerEngine, environment: Environment, run: K3dRun): Promise<string> {
  const { args, what, next, seconds, signal } = run;
  const tool = findTool('k3d', environment['PATH'] ?? '');
  const result = await execa(tool, args, {
    env: { ...withoutProxies(environment), DOCKER_HOST: engine.endpoint.url, NO_COLOR: '1' },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: seconds * 1000,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (signal?.aborted === true) throw signal.reason;
  if (!result.failed) return result.stdout;
  const output = stripVTControlCharacters(result.all ?? '')
    .trim()
    .split('\n')
    .slice(-3)
    .join(' ');
  throw new K3dFailed({
    what,
    cause: redact(output || (result.shortMessage ?? 'without a word')),
    place: `${tool} ${args.join(' ')}`,
    next,
  });
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

/** Absolute path of a tool by PATH. A relative entry is left out: it would mean another tool in every folder. */
function findTool(name: string, path: string): string {
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  const found = folders.map((folder) => join(folder, name)).find((file) => isExecutable(file));
  if (found !== undefined) return found;
  throw new K3dFailed({
    what: `The tool ${name} is missing`,
    cause: 'no folder of PATH has it',
    place: path,
    next: 'Install k3d (https://k3d.io), or put it into PATH.',
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not ours to run: the next folder is asked, and the caller says so when there is none.
    return false;
  }
}
