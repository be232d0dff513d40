import { z } from 'zod';

const texts = z.array(z.string());
const strings = z.record(z.string(), z.string());

/** Values in order, and the nodes that have exactly these (k3d.io, Node Filters). */
const listed = z.strictObject({ values: texts, nodes: texts });
export type Listed = z.infer<typeof listed>;

/** Where an image can be had once the cluster is gone. */
const imageInUse = z.strictObject({
  /** As objects and pods name it. */
  name: z.string(),
  /** `name@sha256:...` of a registry that the node has it from; missing: it was imported, and no registry is known to have it. */
  fromRegistry: z.string().optional(),
  /** The engine's id, where the engine of the machine has an image of this name. */
  inEngine: z.string().optional(),
  /** Whether the backup holds it. */
  isStored: z.boolean(),
});

/** How a cluster of k3d is made anew, and where the images in it come from. It may hold passwords of registries. */
export const clusterDefinition = z.strictObject({
  schema: z.literal('rekindle.dev/v1alpha1/cluster-definition'),
  provider: z.literal('k3d'),
  name: z.string(),
  /** Of the k3d that made it; missing: it did not say. */
  k3dVersion: z.string().optional(),
  /** Of the nodes. */
  image: z.strictObject({ name: z.string(), id: z.string(), digests: texts, isStored: z.boolean() }),
  /** Missing: the cluster has none. */
  loadBalancerImage: z.strictObject({ name: z.string(), isStored: z.boolean() }).optional(),
  servers: z.int().min(1),
  agents: z.int().min(0),
  api: z.strictObject({ host: z.string(), hostIp: z.string(), hostPort: z.string() }),
  /** A network that the cluster shares with others; missing: k3d makes one for it. */
  network: z.string().optional(),
  subnet: z.string().optional(),
  ports: z.array(z.strictObject({ port: z.string(), nodes: texts })),
  volumes: z.array(z.strictObject({ volume: z.string(), nodes: texts })),
  arguments: z.array(listed),
  environment: z.array(listed),
  containerLabels: z.array(listed),
  nodeLabels: z.array(listed),
  serversMemoryBytes: z.int().min(0),
  agentsMemoryBytes: z.int().min(0),
  hostAliases: z.array(z.strictObject({ ip: z.string(), hostnames: texts })),
  registries: z.strictObject({
    /** Containers of registries in its network that are not the cluster's own. */
    use: texts,
    /** `registries.yaml` of its nodes. */
    config: z.string().optional(),
  }),
  /** What somebody has set on nodes through the API. */
  nodeObjects: z.array(
    z.strictObject({
      name: z.string(),
      labels: strings,
      taints: z.array(z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.string() })),
    }),
  ),
  images: z.array(imageInUse),
  /** What of the cluster is not in here. */
  notes: texts,
});
export type ClusterDefinition = z.infer<typeof clusterDefinition>;
export type ImageInUse = z.infer<typeof imageInUse>;
