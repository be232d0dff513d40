import { emptyDirFolder } from '../../domain/empty-dir.ts';
import { couldNotLook, seen, type Looked } from '../../domain/looked.ts';
import type { ContainerMount } from '../../domain/machine.ts';
import { refText, type ObjectRef } from '../../domain/object-ref.ts';
import { mountsClaim } from '../world/pod-spec.ts';
import { nodeOfVolume, type VolumeFields } from '../world/storage.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';
import type { ClusterFacts } from './facts.ts';

/** Kinds of places in which bytes of a stack live. */
export type PlaceKind = 'claim' | 'emptyDir' | 'memory' | 'hostPath' | 'datastore';

/** What a folder of a node is part of: decides what it survives. */
export interface Medium {
  /** `layer`: the writable layer of the node's own container. `unknown`: mounts could not be looked at. `elsewhere`: not on a node. */
  readonly kind: ContainerMount['kind'] | 'layer' | 'unknown' | 'elsewhere';
  /** Path on the machine; undefined: not known or not there. */
  readonly source?: string;
  readonly volume?: string;
  /** k3d deletes this volume with the cluster. */
  readonly isClusters?: boolean;
}

/** One place in which bytes live. */
export interface DataPlace {
  readonly kind: PlaceKind;
  /** Whose bytes: a claim, a pod, the cluster. */
  readonly object: ObjectRef;
  /** In words that say it apart from others: `claim data-redis-0`, `emptyDir uploads of django-1`. */
  readonly name: string;
  readonly node?: string;
  /** Whether that is a server: k3d drains it when it stops. Undefined: not known. */
  readonly isOnServer?: boolean;
  /** Path inside the node. */
  readonly path?: string;
  readonly medium: Medium;
  readonly bytes: Looked<number>;
  /** How much was asked for, as it was written. */
  readonly requested?: string;
  /** What happens to the volume when its claim is deleted. */
  readonly reclaim?: string;
}

/** A place before its node, its medium and its size are looked up. */
type Found = Omit<DataPlace, 'medium' | 'bytes' | 'isOnServer'>;

/** The folder of a node that a volume is; undefined: it is on no node. */
function folderOf(
  world: World,
  claim: string,
  { fields }: Thing<VolumeFields>,
): Pick<Found, 'node' | 'path'> {
  const { local, hostPath } = fields.spec;
  const path = local?.path ?? hostPath?.path;
  const node = nodeOfVolume(fields) ?? podNode(world, claim);
  return { ...(path !== undefined && { path, ...(node !== undefined && { node }) }) };
}

function claims(world: World): readonly Found[] {
  return world.claims.map(({ ref, fields }): Found => {
    const volume = world.volumes.find(({ ref: own }) => own.name === fields.spec.volumeName);
    const { capacity, persistentVolumeReclaimPolicy: reclaim } = volume?.fields.spec ?? { capacity: {} };
    const requested = capacity['storage'] ?? fields.spec.resources.requests['storage'];
    return {
      kind: 'claim',
      object: ref,
      name: `claim ${ref.name}`,
      ...(volume !== undefined && folderOf(world, ref.name, volume)),
      ...(requested !== undefined && { requested }),
      ...(reclaim && { reclaim }),
    };
  });
}

/** The node of the pod that mounts a claim: where a hostPath volume without an affinity is. */
function podNode({ pods }: World, claim: string): string | undefined {
  return pods.find(({ spec }) => mountsClaim(spec, claim))?.node;
}

function podVolumes(world: World): readonly Found[] {
  return world.pods
    .filter(({ phase, node }) => node !== undefined && !['Succeeded', 'Failed'].includes(phase))
    .flatMap(({ ref, uid, node = '', spec }) =>
      spec.volumes.flatMap(({ name, emptyDir, hostPath }): readonly Found[] => {
        if (emptyDir)
          return [
            {
              kind: emptyDir.medium === 'Memory' ? 'memory' : 'emptyDir',
              object: ref,
              name: `emptyDir ${name} of ${ref.name}`,
              node,
              path: emptyDirFolder(uid, name),
            },
          ];
        if (!hostPath) return [];
        return [
          {
            kind: 'hostPath',
            object: ref,
            name: `hostPath ${name} of ${ref.name}`,
            node,
            path: hostPath.path,
          },
        ];
      }),
    );
}

function datastores({ cluster, datastores: stores }: ClusterFacts): readonly Found[] {
  return (seen(stores) ?? []).map(({ container, kind, path }) => ({
    kind: 'datastore',
    object: { kind: 'Cluster', name: cluster },
    name: `objects of the cluster (${kind})`,
    node: container,
    path,
  }));
}

/** The mount whose folder holds this path: the deepest one. */
export function mountOf(
  mounts: readonly ContainerMount[],
  container: string,
  path: string,
): ContainerMount | undefined {
  return mounts
    .filter(
      (mount) =>
        mount.container === container &&
        (path === mount.destination || path.startsWith(mount.destination.replace(/\/?$/, '/'))),
    )
    .sort((one, other) => other.destination.length - one.destination.length)[0];
}

function mediumOf({ mounts, containers }: ClusterFacts, { kind, node, path }: Found): Medium {
  if (kind === 'memory') return { kind: 'tmpfs' };
  if (node === undefined || path === undefined) return { kind: 'elsewhere' };
  const known = seen(mounts);
  const isNode = (seen(containers) ?? []).some(({ name }) => name === node);
  if (known === undefined || !isNode) return { kind: 'unknown' };
  const mount = mountOf(known, node, path);
  if (mount === undefined) return { kind: 'layer' };
  const below = path.slice(mount.destination.length);
  return {
    kind: mount.kind,
    source: `${mount.source}${below}`,
    ...(mount.volume !== undefined && { volume: mount.volume }),
    ...(mount.isClusters === true && { isClusters: true }),
  };
}

function bytesOf(facts: ClusterFacts, { node, path }: Found, at: number): Looked<number> {
  const store = seen(facts.datastores)?.find((entry) => entry.container === node && entry.path === path);
  if (store !== undefined && facts.datastores.looked) return { ...facts.datastores, value: store.bytes };
  const measured = facts.folders.find((folder) => folder.node === node && folder.path === path);
  return measured?.bytes ?? couldNotLook('no folder of a node is known for it', 'sizes', at);
}

function onServer({ containers }: ClusterFacts, { node }: Found): Pick<DataPlace, 'isOnServer'> {
  const container = seen(containers)?.find(({ name }) => name === node);
  return container === undefined ? {} : { isOnServer: container.role === 'server' };
}

/** Folders of nodes whose size is to be looked up, each once. Pure. */
export function foldersOf(world: World): readonly { readonly node: string; readonly path: string }[] {
  const folders = [...claims(world), ...podVolumes(world)].flatMap(({ node, path }) =>
    node === undefined || path === undefined ? [] : [{ node, path }],
  );
  return folders.filter(
    ({ node, path }, index) =>
      folders.findIndex((other) => other.node === node && other.path === path) === index,
  );
}

/** Every place in which bytes of this stack and of its cluster live. Pure. */
export function dataPlaces(world: World, facts: ClusterFacts): readonly DataPlace[] {
  return [...claims(world), ...podVolumes(world), ...datastores(facts)]
    .map((found) =>
      Object.assign({}, found, onServer(facts, found), {
        medium: mediumOf(facts, found),
        bytes: bytesOf(facts, found, world.at),
      }),
    )
    .sort(
      (one, other) => order(one) - order(other) || refText(one.object).localeCompare(refText(other.object)),
    );
}

const kindOrder: readonly PlaceKind[] = ['claim', 'hostPath', 'emptyDir', 'memory', 'datastore'];
const order = ({ kind }: DataPlace) => kindOrder.indexOf(kind);
