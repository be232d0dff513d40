import { z } from 'zod';

import { labels, listOf, portOrName, quantities, selector } from './fields.ts';

/** Defaults are those of the API (k8s.io/api core/v1, Probe). */
const probe = z.object({
  httpGet: z
    .object({ path: z.string().default('/'), port: portOrName, scheme: z.string().default('HTTP') })
    .nullish(),
  tcpSocket: z.object({ port: portOrName }).nullish(),
  exec: z.object({ command: listOf(z.string()) }).nullish(),
  grpc: z.object({ port: portOrName, service: z.string().nullish() }).nullish(),
  initialDelaySeconds: z.number().nullish(),
  periodSeconds: z.number().nullish(),
  timeoutSeconds: z.number().nullish(),
  failureThreshold: z.number().nullish(),
});
export type ProbeSpec = z.output<typeof probe>;

const keyRef = z.object({ name: z.string(), key: z.string(), optional: z.boolean().nullish() });
const wholeRef = z.object({ name: z.string(), optional: z.boolean().nullish() });

const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  imagePullPolicy: z.string().nullish(),
  command: listOf(z.string()),
  args: listOf(z.string()),
  restartPolicy: z.string().nullish(),
  ports: listOf(
    z.object({
      name: z.string().nullish(),
      containerPort: z.number(),
      hostPort: z.number().nullish(),
      protocol: z.string().nullish(),
    }),
  ),
  env: listOf(
    z.object({
      name: z.string(),
      value: z.coerce.string().nullish(),
      valueFrom: z.object({ secretKeyRef: keyRef.nullish(), configMapKeyRef: keyRef.nullish() }).nullish(),
    }),
  ),
  envFrom: listOf(z.object({ secretRef: wholeRef.nullish(), configMapRef: wholeRef.nullish() })),
  resources: z.object({ requests: quantities, limits: quantities }).prefault({}),
  livenessProbe: probe.nullish(),
  readinessProbe: probe.nullish(),
  startupProbe: probe.nullish(),
  lifecycle: z.object({ preStop: z.unknown().optional() }).nullish(),
  volumeMounts: listOf(
    z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().nullish() }),
  ),
});
export type ContainerSpec = z.output<typeof container>;

const items = listOf(z.object({ key: z.string() }));
const namedConfigMap = z.object({ name: z.string().default(''), optional: z.boolean().nullish(), items });
const projected = z.object({
  sources: listOf(
    z.object({
      configMap: namedConfigMap.nullish(),
      secret: z.object({ name: z.string().default(''), optional: z.boolean().nullish(), items }).nullish(),
    }),
  ),
});

/** There are two dozen kinds of volumes; those that no check reads by name are kept as they are. */
const volume = z.looseObject({
  name: z.string(),
  emptyDir: z.object({ medium: z.string().nullish(), sizeLimit: z.coerce.string().nullish() }).nullish(),
  hostPath: z.object({ path: z.string() }).nullish(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).nullish(),
  configMap: namedConfigMap.nullish(),
  secret: z.object({ secretName: z.string().default(''), optional: z.boolean().nullish(), items }).nullish(),
  projected: projected.nullish(),
});
export type VolumeSpec = z.output<typeof volume>;

const affinityTerm = z.object({ topologyKey: z.string().default(''), labelSelector: selector.nullish() });
const affinity = z.object({
  podAntiAffinity: z
    .object({
      requiredDuringSchedulingIgnoredDuringExecution: listOf(affinityTerm),
      preferredDuringSchedulingIgnoredDuringExecution: listOf(z.object({ podAffinityTerm: affinityTerm })),
    })
    .nullish(),
  nodeAffinity: z
    .object({ requiredDuringSchedulingIgnoredDuringExecution: z.unknown().optional() })
    .nullish(),
});

/** A pod's specification as far as the checks judge it. */
export const podSpec = z.object({
  containers: listOf(container),
  initContainers: listOf(container),
  volumes: listOf(volume),
  serviceAccountName: z.string().nullish(),
  imagePullSecrets: listOf(z.object({ name: z.string().default('') })),
  affinity: affinity.nullish(),
  topologySpreadConstraints: listOf(
    z.object({
      maxSkew: z.number().nullish(),
      minDomains: z.number().nullish(),
      topologyKey: z.string().nullish(),
      whenUnsatisfiable: z.string().nullish(),
      labelSelector: selector.nullish(),
    }),
  ),
  nodeName: z.string().nullish(),
  nodeSelector: labels,
  tolerations: listOf(
    z.object({ key: z.string().nullish(), operator: z.string().nullish(), value: z.string().nullish() }),
  ),
  hostNetwork: z.boolean().nullish(),
  priorityClassName: z.string().nullish(),
  terminationGracePeriodSeconds: z.number().nullish(),
  restartPolicy: z.string().nullish(),
});
export type PodSpec = z.output<typeof podSpec>;

/** Containers that run as long as the pod: an init container that is always restarted is a sidecar (core/v1, Container). */
export function longRunning({ containers, initContainers }: PodSpec): readonly ContainerSpec[] {
  return [...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'), ...containers];
}

/** Whether it mounts this claim of its own namespace. */
export function mountsClaim({ volumes }: PodSpec, claim: string): boolean {
  return volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim);
}

/** All containers, those of the start first. */
export function allContainers({ containers, initContainers }: PodSpec): readonly ContainerSpec[] {
  return [...initContainers, ...containers];
}
