import { z } from 'zod';

import type { ObjectRef } from '../../domain/object-ref.ts';
import { listOf } from './fields.ts';
import { podSpec, type PodSpec } from './pod-spec.ts';

const ended = z.object({
  reason: z.string().nullish(),
  exitCode: z.number().nullish(),
  finishedAt: z.string().nullish(),
});
const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  image: z.string().default(''),
  imageID: z.string().default(''),
  state: z
    .object({
      running: z.unknown().optional(),
      waiting: z.object({ reason: z.string().nullish() }).nullish(),
      terminated: ended.nullish(),
    })
    .prefault({}),
  lastState: z.object({ terminated: ended.nullish() }).prefault({}),
});
export type ContainerStatus = z.output<typeof containerStatus>;

const shape = z.object({
  metadata: z.object({ uid: z.string().default(''), deletionTimestamp: z.string().nullish() }),
  spec: podSpec,
  status: z
    .object({
      phase: z.string().default('Unknown'),
      reason: z.string().nullish(),
      podIP: z.string().nullish(),
      qosClass: z.string().nullish(),
      conditions: listOf(
        z.object({
          type: z.string(),
          status: z.string(),
          reason: z.string().nullish(),
          message: z.string().nullish(),
        }),
      ),
      containerStatuses: listOf(containerStatus),
      initContainerStatuses: listOf(containerStatus),
    })
    .prefault({}),
});

/** A pod of a running cluster. */
export interface Pod {
  readonly ref: ObjectRef;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  readonly node: string | undefined;
  readonly phase: string;
  readonly reason: string | undefined;
  readonly deleting: boolean;
  /** When it should be gone, ms since the epoch (meta/v1, deletionTimestamp); undefined: nobody deletes it. */
  readonly goneBy: number | undefined;
  readonly ready: boolean;
  /** Why the scheduler has found no node for it, in its own words. */
  readonly unschedulable: string | undefined;
  readonly statuses: readonly ContainerStatus[];
  readonly initStatuses: readonly ContainerStatus[];
  /** The topmost object that made it; itself when nothing did. */
  readonly top: ObjectRef;
}

/** Reads a pod. Throws what zod finds wrong with it. */
export function podOf(object: unknown, { ref, labels, top }: Pick<Pod, 'ref' | 'labels' | 'top'>): Pod {
  const { metadata, spec, status } = shape.parse(object);
  const condition = (type: string) => status.conditions.find((entry) => entry.type === type);
  const scheduled = condition('PodScheduled');
  return {
    ref,
    uid: metadata.uid,
    labels,
    spec,
    node: spec.nodeName ?? undefined,
    phase: status.phase,
    reason: status.reason ?? undefined,
    deleting: (metadata.deletionTimestamp ?? undefined) !== undefined,
    goneBy: metadata.deletionTimestamp ? Date.parse(metadata.deletionTimestamp) : undefined,
    ready: condition('Ready')?.status === 'True',
    unschedulable: scheduled?.status === 'False' ? (scheduled.message ?? 'no reason given') : undefined,
    statuses: status.containerStatuses,
    initStatuses: status.initContainerStatuses,
    top,
  };
}
