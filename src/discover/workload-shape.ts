import { z } from 'zod';

import type { KubeObject } from '../ports/cluster.ts';
import { ownLabels } from './own-labels.ts';

const keyOf = z.object({ name: z.string(), key: z.string() });
const named = z.object({ name: z.string().optional() });
const envVar = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: keyOf.optional(), configMapKeyRef: keyOf.optional() }).optional(),
});
const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z.array(envVar).default([]),
  envFrom: z.array(z.object({ configMapRef: named.optional(), secretRef: named.optional() })).default([]),
  ports: z.array(z.object({ containerPort: z.number(), name: z.string().optional() })).default([]),
});
const source = z.object({
  secret: z.object({ secretName: z.string().optional(), name: z.string().optional() }).optional(),
  configMap: named.optional(),
});
const volume = source.extend({
  name: z.string(),
  projected: z.object({ sources: z.array(source).nullish() }).optional(),
});
const shape = z.object({
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }).prefault({}),
      spec: z.object({
        containers: z.array(container),
        initContainers: z.array(container).default([]),
        volumes: z.array(volume).default([]),
      }),
    }),
  }),
});

export type EnvVar = z.infer<typeof envVar>;
type Container = z.infer<typeof container>;

/** What one container is told from outside. */
export interface ContainerInputs {
  /** `container NAME` or `init container NAME`, for reasons. */
  readonly title: string;
  /** Its command and arguments. */
  readonly words: readonly string[];
  readonly env: readonly EnvVar[];
  /** ConfigMaps and Secrets that are its environment as a whole. */
  readonly envConfigMaps: readonly string[];
  readonly envSecrets: readonly string[];
}

/** A Deployment or StatefulSet reduced to what discovery reads. */
export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  /** Images and command words of the containers that run on; an init container says nothing about what this is. */
  readonly images: readonly string[];
  readonly words: readonly string[];
  /** All containers, those that run on first. */
  readonly containers: readonly ContainerInputs[];
  /** Environment of all containers. */
  readonly env: readonly EnvVar[];
  readonly ports: readonly { readonly containerPort: number; readonly name?: string | undefined }[];
  readonly secretVolumes: readonly string[];
  readonly configVolumes: readonly string[];
}

function inputsOf(title: string, entry: Container): ContainerInputs {
  return {
    title: `${title} ${entry.name}`,
    words: [...entry.command, ...entry.args],
    env: entry.env,
    envConfigMaps: entry.envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []),
    envSecrets: entry.envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
  };
}

/** Reads one Deployment or StatefulSet; throws when it is none. */
export function workloadOf(kind: Workload['kind'], object: KubeObject): Workload {
  const { template } = shape.parse(object).spec;
  const { containers: running, initContainers, volumes } = template.spec;
  const sources = [...volumes, ...volumes.flatMap(({ projected }) => projected?.sources ?? [])];
  return {
    kind,
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    labels: { ...object.metadata.labels, ...template.metadata.labels },
    selector: ownLabels(object),
    images: running.map((entry) => entry.image),
    words: running.flatMap((entry) => [...entry.command, ...entry.args]),
    containers: [
      ...running.map((entry) => inputsOf('container', entry)),
      ...initContainers.map((entry) => inputsOf('init container', entry)),
    ],
    env: [...running, ...initContainers].flatMap((entry) => entry.env),
    ports: running.flatMap((entry) => entry.ports),
    // A volume calls it secretName, a projected source name.
    secretVolumes: sources.flatMap(({ secret }) => secret?.secretName ?? secret?.name ?? []),
    configVolumes: sources.flatMap(({ configMap }) => configMap?.name ?? []),
  };
}

/** Names of the Secrets that the workload's containers get their environment from. */
export function secretsOf({ containers }: Workload): readonly string[] {
  return containers.flatMap(({ env, envSecrets }) => [
    ...env.flatMap((entry) => entry.valueFrom?.secretKeyRef?.name ?? []),
    ...envSecrets,
  ]);
}

const serviceShape = z.object({
  spec: z.object({
    type: z.string().default('ClusterIP'),
    selector: z.record(z.string(), z.string()).nullish(),
    ports: z
      .array(
        z.object({
          name: z.string().optional(),
          port: z.number(),
          targetPort: z.union([z.string(), z.number()]).optional(),
          nodePort: z.number().optional(),
        }),
      )
      .nullish(),
  }),
});

export interface ServiceFacts {
  readonly name: string;
  readonly type: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly {
    readonly name?: string | undefined;
    readonly port: number;
    readonly targetPort?: string | number | undefined;
    readonly nodePort?: number | undefined;
  }[];
}

/** Reads one Service; throws when it is none. */
export function serviceOf(object: KubeObject): ServiceFacts {
  const { spec } = serviceShape.parse(object);
  return {
    name: object.metadata.name,
    type: spec.type,
    annotations: object.metadata.annotations ?? {},
    selector: spec.selector ?? {},
    ports: spec.ports ?? [],
  };
}
