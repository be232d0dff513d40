import { z } from 'zod';

import type { KubeObject } from '../ports/cluster.ts';

const secretKey = z.object({ name: z.string(), key: z.string() });
const envVar = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: secretKey.optional() }).optional(),
});
const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z.array(envVar).default([]),
  ports: z.array(z.object({ containerPort: z.number(), name: z.string().optional() })).default([]),
});
const shape = z.object({
  spec: z.object({
    selector: z.object({ matchLabels: z.record(z.string(), z.string()).default({}) }).prefault({}),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }).prefault({}),
      spec: z.object({
        containers: z.array(container),
        initContainers: z.array(container).default([]),
        volumes: z
          .array(
            z.object({
              name: z.string(),
              secret: z.object({ secretName: z.string().optional() }).optional(),
              configMap: z.object({ name: z.string().optional() }).optional(),
            }),
          )
          .default([]),
      }),
    }),
  }),
});

export type EnvVar = z.infer<typeof envVar>;

/** A Deployment or StatefulSet reduced to what discovery reads. */
export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  /** Words of commands and arguments of all containers. */
  readonly words: readonly string[];
  readonly env: readonly EnvVar[];
  readonly ports: readonly { readonly containerPort: number; readonly name?: string | undefined }[];
  readonly secretVolumes: readonly string[];
  readonly configVolumes: readonly string[];
}

/** Reads one Deployment or StatefulSet; throws when it is none. */
export function workloadOf(kind: Workload['kind'], object: KubeObject): Workload {
  const { selector, template } = shape.parse(object).spec;
  const containers = [...template.spec.containers, ...template.spec.initContainers];
  return {
    kind,
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    labels: { ...object.metadata.labels, ...template.metadata.labels },
    selector: selector.matchLabels,
    images: containers.map((entry) => entry.image),
    words: containers.flatMap((entry) => [...entry.command, ...entry.args]),
    env: containers.flatMap((entry) => entry.env),
    ports: template.spec.containers.flatMap((entry) => entry.ports),
    secretVolumes: template.spec.volumes.flatMap((volume) => volume.secret?.secretName ?? []),
    configVolumes: template.spec.volumes.flatMap((volume) => volume.configMap?.name ?? []),
  };
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
