import { z } from 'zod';

import type { ContainerFacts, PodFacts } from '../domain/observation.ts';
import { plainLine } from '../domain/plain-text.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { redact } from '../record/redact.ts';

/** Words of the kubelet, of a container runtime or of whoever wrote the manifest: shown to people. */
const words = z.string().transform((text) => plainLine(redact(text)));
const time = z.string().transform((text) => Date.parse(text));
const terminated = z.object({
  reason: words.optional(),
  message: words.optional(),
  exitCode: z.number(),
  startedAt: time.nullish(),
  finishedAt: time.nullish(),
});
const containerStatus = z.object({
  name: z.string(),
  image: words.default(''),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  state: z
    .object({
      running: z.object({ startedAt: time.nullish() }).optional(),
      waiting: z.object({ reason: words.optional(), message: words.optional() }).optional(),
      terminated: terminated.optional(),
    })
    .default({}),
  lastState: z.object({ terminated: terminated.optional() }).default({}),
});
const podShape = z.object({
  spec: z.object({
    nodeName: z.string().optional(),
    volumes: z
      .array(
        z.object({
          name: z.string(),
          emptyDir: z.object({ medium: z.string().default('') }).optional(),
          ephemeral: z.unknown().optional(),
          csi: z.object({ readOnly: z.boolean().default(false) }).optional(),
        }),
      )
      .default([]),
  }),
  status: z
    .object({
      phase: z.string().default('Unknown'),
      reason: words.optional(),
      message: words.optional(),
      podIP: z.string().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            message: words.nullish(),
            lastTransitionTime: time.nullish(),
          }),
        )
        .default([]),
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
      ephemeralContainerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
});

type ContainerStatus = z.infer<typeof containerStatus>;

function stateOf(status: ContainerStatus): Partial<ContainerFacts> & { state: ContainerFacts['state'] } {
  const { running, waiting, terminated: ended } = status.state;
  if (running) return { state: 'running', ...defined({ startedAt: running.startedAt ?? undefined }) };
  if (waiting) return { state: 'waiting', ...defined({ reason: waiting.reason, message: waiting.message }) };
  if (ended) {
    return {
      state: 'terminated',
      exitCode: ended.exitCode,
      ...defined({ reason: ended.reason, message: ended.message }),
    };
  }
  return { state: 'unknown' };
}

function defined<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function containerFacts(status: ContainerStatus): ContainerFacts {
  const ended = status.lastState.terminated ?? status.state.terminated;
  return {
    name: status.name,
    image: status.image,
    ready: status.ready,
    restartCount: status.restartCount,
    ...stateOf(status),
    ...(ended && {
      lastExit: {
        exitCode: ended.exitCode,
        ...defined({
          reason: ended.reason,
          startedAt: ended.startedAt ?? undefined,
          finishedAt: ended.finishedAt ?? undefined,
        }),
      },
    }),
  };
}

/** Reduces a Pod to what the checks need. Throws when the object is no Pod: a tool error, not a finding. */
export function podFacts(object: KubeObject): PodFacts {
  const { spec, status } = podShape.parse(object);
  const { metadata } = object;
  const ready = status.conditions.find(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );
  const unscheduled = status.conditions.find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  const owner = metadata.ownerReferences?.find((reference) => reference.controller === true);
  const emptyDirs = spec.volumes.filter((volume) => volume.emptyDir !== undefined);
  // What a driver mounts for reading only comes from elsewhere, as secrets do.
  const ephemeral = spec.volumes.filter(
    (volume) => volume.ephemeral !== undefined || volume.csi?.readOnly === false,
  );
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    phase: status.phase,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    createdAt: Date.parse(metadata.creationTimestamp ?? ''),
    deleting: metadata.deletionTimestamp !== undefined,
    ready: ready !== undefined,
    containers: status.containerStatuses.map(containerFacts),
    initContainers: status.initContainerStatuses.map(containerFacts),
    ephemeralContainers: status.ephemeralContainerStatuses.map(containerFacts),
    emptyDirs: emptyDirs.map(({ name }) => name),
    // Every medium but the node's disk is memory: `Memory`, `HugePages` and `HugePages-2Mi` (kubernetes.io, emptyDir).
    emptyDirsInMemory: emptyDirs.filter(({ emptyDir }) => emptyDir?.medium !== '').map(({ name }) => name),
    ...(ephemeral.length > 0 && { ephemeralVolumes: ephemeral.map(({ name }) => name) }),
    ...defined({ unscheduled: unscheduled && (unscheduled.message ?? 'no reason is given') }),
    ...defined({ readySince: ready?.lastTransitionTime ?? undefined }),
    ...defined({ node: spec.nodeName, ip: status.podIP, reason: status.reason, message: status.message }),
    ...(owner && { owner: { kind: owner.kind, name: owner.name } }),
  };
}
