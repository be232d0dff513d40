import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import type { ClusterMaker } from '../../ports/cluster-maker.ts';
import { whyOf } from '../../export/collect/why.ts';
import type { LeftOut } from '../manifest.ts';
import { notHad } from '../missing.ts';
import { archiveFolders } from './archive-folders.ts';
import type { ClusterDefinition, ImageInUse } from './definition.ts';
import { describeCluster, lookAtCluster, type ClusterFacts } from './describe-cluster.ts';
import { imagesInUse } from './images-in-use.ts';
import { nodeObjectsOf } from './node-objects.ts';

export interface CollectedCluster {
  readonly definition: ClusterDefinition;
  /** What could not be read, and images that are not stored. */
  readonly leftOut: readonly LeftOut[];
}

export interface WantedCluster {
  readonly cluster: string;
  /** Namespaces whose pods and objects will be made anew. */
  readonly namespaces: readonly string[];
  readonly objects: readonly KubeObject[];
  /** Whether the backup takes along what no registry has. */
  readonly withImages: boolean;
}

type Reader = Pick<ClusterReader, 'list'>;

/** Hosts of the registries that go with the cluster. */
function registriesThatGo({ containers, name }: ClusterFacts): ReadonlySet<string> {
  const own = containers.filter(({ role, labels }) => role === 'registry' && labels['k3d.cluster'] === name);
  const inside = own.flatMap(({ name: host, ports }) =>
    ports.map((port) => `${host}:${port.inside.split('/', 1)[0] ?? ''}`),
  );
  return new Set([...own.map((one) => one.name), ...inside]);
}

async function read(
  what: string,
  from: () => Promise<readonly KubeObject[]>,
): Promise<{ readonly found: readonly KubeObject[]; readonly leftOut: readonly LeftOut[] }> {
  try {
    return { found: await from(), leftOut: [] };
  } catch (error) {
    return { found: [], leftOut: [notHad(what, whyOf(error))] };
  }
}

async function podsOf(reader: Reader, namespaces: readonly string[]) {
  const lists = await Promise.all(
    namespaces.map((namespace) =>
      read(`which images run in ${namespace}`, () =>
        reader.list(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`),
      ),
    ),
  );
  return { found: lists.flatMap(({ found }) => found), leftOut: lists.flatMap(({ leftOut }) => leftOut) };
}

/** An image, looked up in the engine; what no registry has is stored where the engine has it and that is wanted. */
async function lookedUp(
  maker: ClusterMaker,
  image: Pick<ImageInUse, 'name' | 'fromRegistry'>,
  withImages: boolean,
): Promise<ImageInUse> {
  const found = await maker.image(image.name);
  const isStored = withImages && image.fromRegistry === undefined && found !== undefined;
  return { ...image, ...(found !== undefined && { inEngine: found.id }), isStored };
}

/** Images of the cluster itself that no registry is known to have are built by somebody, and may be gone from the engine one day. */
async function isBuilt(maker: ClusterMaker, name: string): Promise<boolean> {
  const found = await maker.image(name);
  return found !== undefined && found.digests.length === 0;
}

function notStored(
  images: readonly ImageInUse[],
  folders: readonly string[],
  withImages: boolean,
): readonly LeftOut[] {
  const elsewhere =
    folders.length === 0
      ? 'it may be in the nodes only'
      : `the nodes may have it from the archives in ${folders.join(', ')}, which are not in this backup`;
  return images
    .filter(({ fromRegistry, isStored }) => fromRegistry === undefined && !isStored)
    .map(({ name, inEngine }): LeftOut => {
      const what = `image ${name}`;
      const why =
        inEngine === undefined
          ? `no registry is known to have it, and the engine has none of this name: ${elsewhere}`
          : 'no registry is known to have it; --with-images stores it';
      return withImages ? { what, why, isMissing: true } : { what, why };
    });
}

/**
 * How the cluster is made anew, what was set on its nodes, and where each image comes from. What could not be read is told. Throws what the
 * engine throws, and when the cluster has no server.
 */
export async function collectCluster(
  maker: ClusterMaker,
  reader: Reader,
  { cluster, namespaces, objects, withImages }: WantedCluster,
): Promise<CollectedCluster> {
  const facts = await lookAtCluster(maker, cluster);
  const described = describeCluster(facts);
  const [nodes, pods] = await Promise.all([
    read('labels and taints of the nodes', () => reader.list('/api/v1/nodes')),
    podsOf(reader, namespaces),
  ]);
  const used = imagesInUse(objects, pods.found, registriesThatGo(facts));
  const images = await Promise.all(used.map((image) => lookedUp(maker, image, withImages)));
  const { image, loadBalancerImage } = described;
  const stores = async (name: string) => withImages && (await isBuilt(maker, name));
  return {
    definition: {
      ...described,
      image: { ...image, isStored: await stores(image.name) },
      ...(loadBalancerImage !== undefined && {
        loadBalancerImage: { ...loadBalancerImage, isStored: await stores(loadBalancerImage.name) },
      }),
      nodeObjects: nodeObjectsOf(nodes.found),
      images,
    },
    leftOut: [...nodes.leftOut, ...pods.leftOut, ...notStored(images, archiveFolders(described), withImages)],
  };
}
