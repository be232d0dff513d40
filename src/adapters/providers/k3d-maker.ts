import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { z } from 'zod';

import { loadBalancerValues } from '../../domain/load-balancer-values.ts';
import type { ClusterMaker, MadeContainer, PublishedPort, Remains } from '../../ports/cluster-maker.ts';
import { createFolder } from '../../record/durable-file.ts';
import { stateDirectory } from '../../record/paths.ts';
import { ContainerArchives } from '../docker/archives.ts';
import { endpointName } from '../docker/endpoint.ts';
import { DockerEngine, type InspectedContainer } from '../docker/engine.ts';
import { EngineRefused } from '../docker/errors.ts';
import { EngineImages } from '../docker/images.ts';
import { runK3d, type Environment } from './k3d-tool.ts';
import type { K3dOptions } from './k3d.ts';

const appLabel = 'app=k3d';
const clusterLabel = 'k3d.cluster';
const roleLabel = 'k3d.role';

/** k3d waits for the nodes of a new cluster; images may have to be pulled first, s. */
const createSeconds = 900;

/** An image of a gigabyte goes through the engine into each node, s. */
const importSeconds = 900;
const removeSeconds = 180;

/** Files of a node that are read whole are small, bytes. */
const smallBytes = 1_000_000;

/** Where k3d puts what it was told of registries (k3d pkg/types, DefaultRegistriesFilePath). */
const registriesPath = '/etc/rancher/k3s/registries.yaml';

const volumeList = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullish() });

function roleOf(labels: Readonly<Record<string, string>>): MadeContainer['role'] {
  const role = labels[roleLabel];
  return role === 'server' || role === 'agent' || role === 'loadbalancer' || role === 'registry'
    ? role
    : 'other';
}

/** A wish may leave the protocol out, as k3d's own for the port of the API does; a fact has it. */
const withProtocol = (port: string) => (port.includes('/') ? port : `${port}/tcp`);

/** What is published; a container that is stopped has its wish only. */
function portsOf({ NetworkSettings: network, HostConfig: host }: InspectedContainer): PublishedPort[] {
  const wishes = Object.entries(host.PortBindings ?? {});
  return wishes.flatMap(([port, bindings]) =>
    (bindings ?? []).map(({ HostIp: hostIp = '', HostPort: wished = '' }) => {
      const inside = withProtocol(port);
      const fact = network.Ports?.[inside]?.find((binding) => binding.HostPort);
      return {
        inside,
        hostIp: hostIp === '0.0.0.0' || hostIp === '::' ? '' : hostIp,
        hostPort: wished || (fact?.HostPort ?? ''),
      };
    }),
  );
}

function madeContainer(found: InspectedContainer): MadeContainer {
  const { Config: config, HostConfig: host, NetworkSettings: network } = found;
  const labels = config.Labels ?? {};
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ''),
    role: roleOf(labels),
    image: { name: config.Image ?? '', id: found.Image ?? '' },
    command: config.Cmd ?? [],
    environment: config.Env ?? [],
    labels,
    binds: host.Binds ?? [],
    ports: portsOf(found),
    memoryBytes: host.Memory ?? 0,
    networks: Object.keys(network.Networks ?? {}),
  };
}

async function inspected(engine: DockerEngine, labels: readonly string[]): Promise<readonly MadeContainer[]> {
  const ids = await engine.containerIds(labels);
  const found = await Promise.all(ids.map((id) => engine.inspect(id)));
  return found.flatMap((container) => (container === undefined ? [] : [madeContainer(container)]));
}

async function smallFile(
  archives: ContainerArchives,
  { id }: MadeContainer,
  file: string,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  const reading = {
    path: file,
    limitBytes: smallBytes,
    take: (chunk: Uint8Array) => void chunks.push(chunk),
  };
  try {
    await archives.readFile(id, reading);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof EngineRefused && error.status === 404) return undefined;
    throw error;
  }
}

/** Registries stand in the network of the clusters that use them, and may belong to none. */
async function containersOf(engine: DockerEngine, cluster: string): Promise<readonly MadeContainer[]> {
  const own = await inspected(engine, [appLabel, `${clusterLabel}=${cluster}`]);
  const networks = new Set(own.flatMap(({ networks: names }) => names));
  const registries = await inspected(engine, [appLabel, `${roleLabel}=registry`]);
  const known = new Set(own.map(({ id }) => id));
  const near = registries.filter(
    ({ id, networks: names }) =>
      !known.has(id) && names.some((name) => name !== 'bridge' && networks.has(name)),
  );
  return [...own, ...near];
}

async function remainsOf(engine: DockerEngine, cluster: string): Promise<Remains> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${clusterLabel}=${cluster}`] }));
  const { Volumes: volumes } = volumeList.parse(await engine.ask(`/volumes?filters=${filters}`));
  return {
    containers: await inspected(engine, [`${clusterLabel}=${cluster}`]),
    volumes: (volumes ?? []).map(({ Name: name }) => name),
  };
}

/** The configuration may hold passwords of registries: it lies in a folder of this user while k3d reads it. */
async function withConfig<T>(config: string, use: (file: string) => Promise<T>): Promise<T> {
  const home = stateDirectory();
  createFolder(home);
  const folder = mkdtempSync(path.join(home, 'k3d-'));
  try {
    const file = path.join(folder, 'cluster.yaml');
    writeFileSync(file, config, { mode: 0o600 });
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes clusters by k3d itself, in the engine that this process would look for clusters in. */
export function createK3dMaker(options: K3dOptions = {}): ClusterMaker {
  const environment: Environment = options.environment ?? process.env;
  const engine = options.engine ?? new DockerEngine();
  const archives = new ContainerArchives(engine);
  const images = new EngineImages(engine);
  return {
    place: `${engine.endpoint.url}, from ${engine.endpoint.from}`,
    engine: endpointName(engine.endpoint),
    containers: (cluster) => containersOf(engine, cluster),
    loadBalancerValues: (container) =>
      smallFile(archives, container, path.posix.join(loadBalancerValues.folder, loadBalancerValues.name)),
    registriesFile: (container) => smallFile(archives, container, registriesPath),
    remains: (cluster) => remainsOf(engine, cluster),
    image: (name) => images.find(name),
    saveImage: (name, use, signal) => images.save(name, use, signal),
    loadImages: (archive, signal) => images.load(archive, signal),
    create: (config, extra, signal) =>
      withConfig(config, async (file) => {
        await runK3d(
          engine,
          { ...environment, ...extra },
          {
            args: ['cluster', 'create', '--config', file],
            what: 'k3d could not make the cluster',
            next: 'Read the cause and run the same command again: what is half made is removed first.',
            seconds: createSeconds,
            signal,
          },
        );
      }),
    remove: async (cluster, signal) => {
      await runK3d(engine, environment, {
        args: ['cluster', 'delete', cluster],
        what: 'k3d could not remove what is left of a cluster that was half made',
        next: `Remove it by hand: k3d cluster delete ${cluster}.`,
        seconds: removeSeconds,
        signal,
      });
    },
    // `direct` goes through the engine alone; the other way needs one more container and its image.
    importImages: async (cluster, names, signal) => {
      await runK3d(engine, environment, {
        args: ['image', 'import', '--mode', 'direct', '--cluster', cluster, ...names],
        what: 'k3d could not give the nodes their images',
        next: 'Run the same command again.',
        seconds: importSeconds,
        signal,
      });
    },
  };
}
