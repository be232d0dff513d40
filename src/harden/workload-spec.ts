import { z } from 'zod';

import type { KubeObject } from '../ports/cluster.ts';
import type { Fields } from './fields/fields.ts';

const portName = z.union([z.string(), z.number()]);
const fields = z.record(z.string(), z.unknown());

/** Defaults are those of the API (k8s.io/api core/v1, Probe). */
const probe = z.looseObject({
  httpGet: z
    .looseObject({
      path: z.string().default('/'),
      port: portName,
      scheme: z.enum(['HTTP', 'HTTPS']).default('HTTP'),
      host: z.string().optional(),
    })
    .optional(),
  tcpSocket: z.looseObject({ port: portName }).optional(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  timeoutSeconds: z.number().default(1),
  failureThreshold: z.number().default(3),
});
const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  imagePullPolicy: z.string().optional(),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  workingDir: z.string().optional(),
  ports: z.array(z.object({ containerPort: z.number(), name: z.string().optional() })).default([]),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  securityContext: fields.optional(),
  resources: fields.optional(),
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        mountPath: z.string(),
        subPath: z.string().optional(),
        subPathExpr: z.string().optional(),
      }),
    )
    .default([]),
});
const workload = z.object({
  spec: z.object({
    replicas: z.number().default(1),
    updateStrategy: z.object({ type: z.string().optional() }).optional(),
    template: z.object({
      spec: z.object({
        containers: z.array(container),
        initContainers: z.array(container).default([]),
        volumes: z
          .array(z.object({ name: z.string(), persistentVolumeClaim: z.unknown().optional() }))
          .default([]),
      }),
    }),
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).default([]),
  }),
});

export type Probe = z.infer<typeof probe>;
export type ContainerSpec = z.infer<typeof container>;

/** A Deployment or StatefulSet as far as the measures judge it. */
export interface WorkloadSpec {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  /** Its pods are replaced only when somebody deletes them. */
  readonly onDelete: boolean;
  /** Who writes this object and would write over a change, in words; undefined: people and their tools. */
  readonly writer?: string;
  readonly isHelm: boolean;
  readonly containers: readonly ContainerSpec[];
  readonly initContainers: readonly ContainerSpec[];
  /** Names of its volumes that outlive a pod. */
  readonly claims: readonly string[];
}

/** What an operator writes it compares and writes again: a change does not last (zalando/postgres-operator, pkg/cluster/sync.go). */
export function writerOf({ metadata }: Pick<KubeObject, 'metadata'>): string | undefined {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller === true);
  if (owner !== undefined) return `${owner.kind} ${owner.name}`;
  const { application = '', 'cluster-name': cluster = '' } = metadata.labels ?? {};
  const isOperators = application === 'spilo' || application === 'db-connection-pooler';
  return isOperators ? `the Zalando operator (postgresql ${cluster})` : undefined;
}

/** Helm marks what it makes (helm.sh, Labels and Annotations). */
export function isOfHelm({ metadata }: Pick<KubeObject, 'metadata'>): boolean {
  return metadata.labels?.['app.kubernetes.io/managed-by'] === 'Helm';
}

/** Reads a Deployment or StatefulSet. Throws when it is none. */
export function workloadSpec(
  kind: WorkloadSpec['kind'],
  object: Fields & Pick<KubeObject, 'metadata'>,
): WorkloadSpec {
  const { spec } = workload.parse(object);
  const { containers, initContainers, volumes } = spec.template.spec;
  const writer = writerOf(object);
  const claimed = volumes.filter((volume) => volume.persistentVolumeClaim !== undefined);
  return {
    kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    replicas: spec.replicas,
    onDelete: spec.updateStrategy?.type === 'OnDelete',
    isHelm: isOfHelm(object),
    containers,
    initContainers,
    claims: [
      ...claimed.map(({ name }) => name),
      ...spec.volumeClaimTemplates.map(({ metadata }) => metadata.name),
    ],
    ...(writer !== undefined && { writer }),
  };
}
