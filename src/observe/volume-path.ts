import { posix } from 'node:path';

import { z } from 'zod';

import type { ClusterReader, KubeObject } from '../ports/cluster.ts';

const podShape = z.object({
  spec: z.object({
    nodeName: z.string(),
    containers: z.array(
      z.object({
        name: z.string(),
        volumeMounts: z
          .array(
            z.object({
              name: z.string(),
              mountPath: z.string(),
              subPath: z.string().default(''),
              subPathExpr: z.string().optional(),
            }),
          )
          .default([]),
      }),
    ),
    volumes: z
      .array(
        z.object({
          name: z.string(),
          persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
        }),
      )
      .default([]),
  }),
});
const claimShape = z.object({ spec: z.object({ volumeName: z.string() }) });
const volumeShape = z.object({
  spec: z.object({
    hostPath: z.object({ path: z.string() }).optional(),
    local: z.object({ path: z.string() }).optional(),
    claimRef: z.object({ namespace: z.string(), name: z.string() }),
    nodeAffinity: z
      .object({
        required: z.object({
          nodeSelectorTerms: z.array(
            z.object({
              matchExpressions: z
                .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()) }))
                .default([]),
            }),
          ),
        }),
      })
      .optional(),
  }),
});

type Mount = z.infer<typeof podShape>['spec']['containers'][number]['volumeMounts'][number];

/** Where a path of a container lies: the node's name and the absolute path on it. */
export interface NodePath {
  readonly node: string;
  readonly path: string;
}

/**
 * Follows a path inside a container to its node: volume mount, claim, volume, folder of the node (`hostPath` or
 * `local`, which is what local-path volumes are). Throws with the reason where any link is missing or of another kind.
 */
export async function nodePathOf(
  reader: Pick<ClusterReader, 'get'>,
  pod: KubeObject,
  container: string,
  path: string,
): Promise<NodePath> {
  const { spec } = podShape.parse(pod);
  const mounts = spec.containers.find((entry) => entry.name === container)?.volumeMounts ?? [];
  const mount = mountOf(mounts, path);
  const claim = spec.volumes.find((volume) => volume.name === mount.name)?.persistentVolumeClaim?.claimName;
  if (claim === undefined) throw new Error(`volume ${mount.name} has no claim`);
  const folder = await folderOf(reader, { namespace: pod.metadata.namespace ?? '', claim }, spec.nodeName);
  const inside = posix.relative(mount.mountPath, path);
  return { node: spec.nodeName, path: posix.join(folder, mount.subPath, inside) };
}

/** The folder on this node that a claim stands for. */
async function folderOf(
  reader: Pick<ClusterReader, 'get'>,
  { namespace, claim }: { readonly namespace: string; readonly claim: string },
  node: string,
): Promise<string> {
  const claimPath = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${claim}`;
  const name = claimShape.parse(await existing(reader, claimPath)).spec.volumeName;
  const volume = volumeShape.parse(await existing(reader, `/api/v1/persistentvolumes/${name}`)).spec;
  if (volume.claimRef.namespace !== namespace || volume.claimRef.name !== claim)
    throw new Error(`volume ${name} belongs to another claim`);
  const folder = volume.hostPath?.path ?? volume.local?.path;
  if (folder === undefined) throw new Error(`volume ${name} is no folder of a node`);
  if (!mayBeOn(node, volume)) throw new Error(`volume ${name} is not on ${node}`);
  return folder;
}

/** The mount that a path is in: the longest that leads to it, as the kernel has it. */
function mountOf(mounts: readonly Mount[], path: string): Mount {
  const [mount] = mounts
    .filter(({ mountPath }) => !posix.relative(mountPath, path).startsWith('..'))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  if (mount === undefined) throw new Error(`${path} is on no volume`);
  if (mount.subPathExpr !== undefined) throw new Error(`volume ${mount.name} is mounted by an expression`);
  return mount;
}

async function existing(reader: Pick<ClusterReader, 'get'>, path: string): Promise<KubeObject> {
  const object = await reader.get(path);
  if (object === undefined) throw new Error(`there is no ${path}`);
  return object;
}

/** A volume without affinity may be on any node; this one is where its pod is. */
function mayBeOn(node: string, volume: z.infer<typeof volumeShape>['spec']): boolean {
  const terms = volume.nodeAffinity?.required.nodeSelectorTerms ?? [];
  const names = terms
    .flatMap((term) => term.matchExpressions)
    .filter(({ key, operator }) => key === 'kubernetes.io/hostname' && operator === 'In')
    .flatMap((expression) => expression.values);
  return names.length === 0 || names.includes(node);
}
