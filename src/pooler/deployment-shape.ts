import { z } from 'zod';

import type { KubeObject } from '../ports/cluster.ts';

const mount = z.object({ name: z.string(), mountPath: z.string(), subPath: z.string().optional() });
const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  volumeMounts: z.array(mount).default([]),
});
const volume = z.object({
  name: z.string(),
  configMap: z.object({ name: z.string(), items: z.array(z.unknown()).optional() }).optional(),
});
const shape = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string().default('default'),
        containers: z.array(container).min(1),
        volumes: z.array(volume).default([]),
      }),
    }),
  }),
});

/** Where a pooler that somebody deployed themselves gets its pgbouncer.ini from, or why we cannot add to it. */
export type IniSource =
  | {
      readonly addable: true;
      readonly configMap: string;
      /** Key of the ini in it. */
      readonly key: string;
      /** Folder that all keys of the ConfigMap are mounted in. */
      readonly folder: string;
    }
  | { readonly addable: false; readonly why: string };

/** The workload of a pooler, reduced to what a profile needs. */
export interface PoolerWorkload {
  readonly image: string;
  readonly serviceAccount: string;
  readonly ini: IniSource;
  /** The custom resource of the Zalando operator that it belongs to; undefined: somebody's own. */
  readonly cluster: string | undefined;
}

type Container = z.infer<typeof container>;
type Mount = z.infer<typeof mount>;

/** What PgBouncer's images take when nobody names a file. */
const usualIni = '/etc/pgbouncer/pgbouncer.ini';

function iniPath({ command, args }: Container): string {
  const words = [...command, ...args].flatMap((word) => word.split(/\s+/));
  return words.findLast((word) => word.startsWith('/') && word.endsWith('.ini')) ?? usualIni;
}

function covers({ mountPath }: Mount, file: string): boolean {
  return file === mountPath || file.startsWith(`${mountPath.replace(/\/$/, '')}/`);
}

function notAddable(why: string): IniSource {
  return { addable: false, why };
}

/** The mount that the file comes from: of those above it the closest. */
function iniSource(entry: Container, volumes: readonly z.infer<typeof volume>[]): IniSource {
  const file = iniPath(entry);
  const above = entry.volumeMounts.filter((candidate) => covers(candidate, file));
  const found = above.toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0];
  if (found === undefined) return notAddable(`${file} comes with the image, or is written at each start`);
  const source = volumes.find(({ name }) => name === found.name)?.configMap;
  if (source === undefined)
    return notAddable(`${file} comes from volume ${found.name}, which is no ConfigMap`);
  // kubernetes.io, ConfigMaps: "A container using a ConfigMap as a subPath volume mount will not receive updates".
  if (found.subPath !== undefined || found.mountPath === file)
    return notAddable(`${file} is mounted by subPath, and such a file never changes while a container runs`);
  if (source.items !== undefined) return notAddable(`only some keys of ConfigMap ${source.name} are mounted`);
  const key = file.slice(found.mountPath.replace(/\/$/, '').length + 1);
  if (key.includes('/')) return notAddable(`${file} is no key of ConfigMap ${source.name}`);
  return { addable: true, configMap: source.name, key, folder: found.mountPath.replace(/\/$/, '') };
}

/** Reads the Deployment or StatefulSet of a pooler; throws when it is none. */
export function poolerWorkload(object: KubeObject): PoolerWorkload {
  const { spec } = shape.parse(object).spec.template;
  const [first] = spec.containers;
  const entry = spec.containers.find(({ image }) => image.includes('pgbouncer')) ?? first;
  if (entry === undefined) throw new TypeError('a pod has at least one container');
  const labels = object.metadata.labels ?? {};
  const isOperators = labels['application'] === 'db-connection-pooler';
  return {
    image: entry.image,
    serviceAccount: spec.serviceAccountName,
    ini: iniSource(entry, spec.volumes),
    cluster: isOperators ? labels['cluster-name'] : undefined,
  };
}

const resourceShape = z.object({
  spec: z.object({ connectionPooler: z.looseObject({ dockerImage: z.string().optional() }).nullish() }),
});

/** The operator's resource as far as it names the pooler's image. */
export interface OperatorResource {
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  /** Undefined: the operator's own default. */
  readonly image: string | undefined;
  /** Whether there is a section `connectionPooler` at all. */
  readonly hasSection: boolean;
  /** Whether the image is all that the section says. */
  readonly onlyImage: boolean;
  /** What was there before this program named an image; undefined: it named none. */
  readonly before: string | undefined;
}

/** Reads a resource of kind postgresql; throws when it is none. */
export function operatorResource(object: KubeObject, annotation: string): OperatorResource {
  const section = resourceShape.parse(object).spec.connectionPooler;
  return {
    name: object.metadata.name,
    uid: object.metadata.uid,
    version: object.metadata.resourceVersion ?? '',
    image: section?.dockerImage || undefined,
    hasSection: section !== undefined && section !== null,
    onlyImage: Object.keys(section ?? {}).every((key) => key === 'dockerImage'),
    before: object.metadata.annotations?.[annotation],
  };
}

const property = z.object({
  type: z.string().optional(),
  additionalProperties: z.union([z.boolean(), z.looseObject({ type: z.string().optional() })]).optional(),
});
const definitionShape = z.object({
  spec: z.object({
    versions: z.array(
      z.object({
        schema: z.object({
          openAPIV3Schema: z.object({
            properties: z.looseObject({
              spec: z.object({
                properties: z.looseObject({
                  connectionPooler: z.object({ properties: z.record(z.string(), property) }).optional(),
                }),
              }),
            }),
          }),
        }),
      }),
    ),
  }),
});

/**
 * A field of `spec.connectionPooler` that takes settings by name, which an operator would have that generates them itself;
 * undefined where there is none: the releases up to 2.0.1 (2026-07) have no such field (manifests/postgresql.crd.yaml).
 */
export function settingsField(definition: KubeObject): string | undefined {
  const { versions } = definitionShape.parse(definition).spec;
  const fields = versions.flatMap(({ schema }) =>
    Object.entries(schema.openAPIV3Schema.properties.spec.properties.connectionPooler?.properties ?? {}),
  );
  const found = fields.find(
    ([, { type, additionalProperties: more }]) =>
      type === 'object' && typeof more === 'object' && more.type === 'string',
  );
  return found?.[0];
}
