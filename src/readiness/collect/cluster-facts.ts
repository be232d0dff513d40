import { couldNotLook, saw, seen, type Looked } from '../../domain/looked.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import { look } from '../../observe/look.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterProvider } from '../../ports/cluster-provider.ts';
import type { ClusterFacts, Datastore, MeasuredFolder } from '../cluster/facts.ts';

/** Where k3s keeps the cluster's objects on a server node (docs.k3s.io, Cluster Datastore, Backup and Restore). */
const databaseFolder = '/var/lib/rancher/k3s/server/db';

/** Adding up a folder of many files takes its time on a busy disk, ms. */
const sizeDeadlineMs = 15_000;

interface Source {
  readonly provider: Pick<ClusterProvider, 'machine' | 'containers' | 'mounts' | 'askNode'>;
  readonly clock: Clock;
}

/** Lines of `du -k`: kibibytes, a tab, a path. Throws when there are none. */
export function duLines(text: string): readonly { readonly bytes: number; readonly path: string }[] {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, kibibytes, path] = /^(\d+)\s+(\/.*)$/.exec(line) ?? [];
    return kibibytes === undefined || path === undefined ? [] : [{ bytes: Number(kibibytes) * 1024, path }];
  });
  if (lines.length === 0) throw new Error(`du said: ${text.trim().slice(0, 200) || 'nothing'}`);
  return lines;
}

/** What is in a server node's database folder; undefined: nothing that is known. */
export function datastoreIn(container: string, text: string): Datastore | undefined {
  const lines = duLines(text);
  const etcd = lines.find(({ path }) => path === `${databaseFolder}/etcd`);
  if (etcd !== undefined) return { container, kind: 'etcd', ...etcd };
  const sqlite = lines.find(({ path }) => path === `${databaseFolder}/state.db`);
  return sqlite === undefined ? undefined : { container, kind: 'sqlite', ...sqlite };
}

async function collectDatastores(
  { provider }: Source,
  nodes: readonly NodeContainer[],
): Promise<readonly Datastore[]> {
  const servers = nodes.filter(({ role }) => role === 'server');
  const down = servers.find(({ state }) => state !== 'running');
  if (down !== undefined) throw new Error(`${down.name} does not run`);
  const found = await Promise.all(
    servers.map(async ({ id, name }) =>
      datastoreIn(name, await provider.askNode(id, ['du', '-ak', databaseFolder])),
    ),
  );
  return found.flatMap((store) => store ?? []);
}

type Folder = Pick<MeasuredFolder, 'node' | 'path'>;

async function measure(
  source: Source,
  nodes: Looked<readonly NodeContainer[]>,
  folder: Folder,
): Promise<MeasuredFolder> {
  const { clock, provider } = source;
  const from = `${folder.path} on ${folder.node}`;
  const node = seen(nodes)?.find(({ name }) => name === folder.node);
  if (node?.state !== 'running')
    return {
      ...folder,
      bytes: couldNotLook('its node does not run or is no container of the engine', from, clock.now()),
    };
  const bytes = await look(
    clock,
    from,
    async () => {
      const [first] = duLines(await provider.askNode(node.id, ['du', '-sk', folder.path]));
      return first?.bytes ?? 0;
    },
    sizeDeadlineMs,
  );
  return { ...folder, bytes };
}

/**
 * Looks at what is below the API: the machine, its containers, what is mounted into them, the datastore, and how much is in
 * each of these folders. One folder at a time on each node: adding up must not slow the database down. Reads only.
 */
export async function collectClusterFacts(
  source: Source,
  cluster: string,
  folders: readonly Folder[],
): Promise<ClusterFacts> {
  const { provider, clock } = source;
  const [machine, containers, mounts] = await Promise.all([
    look(clock, 'container engine', () => provider.machine()),
    look(clock, 'container engine', () => provider.containers(cluster)),
    look(clock, 'container engine', () => provider.mounts(cluster)),
  ]);
  const datastores = containers.looked
    ? await look(clock, databaseFolder, () => collectDatastores(source, containers.value), sizeDeadlineMs)
    : couldNotLook<readonly Datastore[]>(containers.why, databaseFolder, clock.now());
  const measured: MeasuredFolder[] = [];
  for (const folder of folders) measured.push(await measure(source, containers, folder));
  return { cluster, machine, containers, mounts, datastores, folders: measured };
}

/** A report on files has no cluster below them. */
export function noClusterFacts(at: number): ClusterFacts {
  const nothing = <T>() => couldNotLook<T>('files do not run', 'container engine', at);
  return {
    cluster: '',
    machine: nothing(),
    containers: nothing(),
    mounts: nothing(),
    datastores: saw([], 'files', at),
    folders: [],
  };
}
