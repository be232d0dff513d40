import { z } from 'zod';

import type { ObjectRef } from '../../domain/object-ref.ts';
import { labels, listOf, portOrName, quantities, selector, type Selector } from './fields.ts';
import { podSpec, type PodSpec } from './pod-spec.ts';

const template = z.object({
  metadata: z.object({ labels }).nullish(),
  spec: podSpec,
});

const rolling = z.object({ maxSurge: portOrName.nullish(), maxUnavailable: portOrName.nullish() });
const jobFields = {
  backoffLimit: z.number().nullish(),
  activeDeadlineSeconds: z.number().nullish(),
  ttlSecondsAfterFinished: z.number().nullish(),
};
const jobSpec = z.object({ ...jobFields, suspend: z.boolean().nullish(), template });

const spec = z.object({
  replicas: z.number().nullish(),
  selector: selector.nullish(),
  serviceName: z.string().nullish(),
  revisionHistoryLimit: z.number().nullish(),
  strategy: z.object({ type: z.string().nullish(), rollingUpdate: rolling.nullish() }).nullish(),
  updateStrategy: z.object({ type: z.string().nullish() }).nullish(),
  persistentVolumeClaimRetentionPolicy: z
    .object({ whenDeleted: z.string().nullish(), whenScaled: z.string().nullish() })
    .nullish(),
  volumeClaimTemplates: listOf(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z
        .object({
          accessModes: listOf(z.string()),
          storageClassName: z.string().nullish(),
          resources: z.object({ requests: quantities }).prefault({}),
        })
        .prefault({}),
    }),
  ),
  schedule: z.string().nullish(),
  suspend: z.boolean().nullish(),
  concurrencyPolicy: z.string().nullish(),
  startingDeadlineSeconds: z.number().nullish(),
  ...jobFields,
});

const status = z.object({
  readyReplicas: z.number().nullish(),
  availableReplicas: z.number().nullish(),
  /** Of a DaemonSet. */
  desiredNumberScheduled: z.number().nullish(),
  numberReady: z.number().nullish(),
  succeeded: z.number().nullish(),
  failed: z.number().nullish(),
  lastScheduleTime: z.string().nullish(),
  lastSuccessfulTime: z.string().nullish(),
  active: z.unknown().optional(),
});

const controllerShape = z.object({ spec: spec.extend({ template }), status: status.prefault({}) });
const cronJobShape = z.object({
  spec: spec.extend({ jobTemplate: z.object({ spec: jobSpec }) }),
  status: status.prefault({}),
});
const podShape = z.object({ spec: podSpec });

/** Kinds whose pods the checks judge; a pod that nothing controls is one of its own. */
export const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'Pod',
] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** Something that makes pods, or a pod that nothing made. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly ref: ObjectRef;
  readonly spec: z.output<typeof spec>;
  readonly status: z.output<typeof status>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
  readonly selector: Selector | undefined;
  /** Who writes this object and would write over a change; undefined: people and their tools. */
  readonly writer: string | undefined;
}

/** What is known of an object before its own fields are read. */
export interface Owned {
  readonly ref: ObjectRef;
  readonly labels: Readonly<Record<string, string>>;
  readonly writer: string | undefined;
}

const nothing = { spec: spec.parse({}), status: status.parse({}) };

/** Reads an object of one of these kinds. Throws what zod finds wrong with it. */
export function workloadOf(
  kind: WorkloadKind,
  object: unknown,
  { ref, labels: own, writer }: Owned,
): Workload {
  if (kind === 'Pod') {
    const { spec: pod } = podShape.parse(object);
    return { kind, ref, ...nothing, podLabels: own, pod, selector: undefined, writer };
  }
  const found =
    kind === 'CronJob' ? fromCronJob(cronJobShape.parse(object)) : { ...controllerShape.parse(object) };
  const { spec: fields, status: said } = found;
  const made = fields.template;
  const podLabels = made.metadata?.labels ?? {};
  const chosen = fields.selector ?? undefined;
  return { kind, ref, spec: fields, status: said, podLabels, pod: made.spec, selector: chosen, writer };
}

/** The template of a CronJob's Jobs, with the limits that stand in it. */
function fromCronJob({ spec: fields, status: said }: z.output<typeof cronJobShape>) {
  const { jobTemplate, ...own } = fields;
  const { template: made, backoffLimit, activeDeadlineSeconds, ttlSecondsAfterFinished } = jobTemplate.spec;
  return {
    spec: { ...own, template: made, backoffLimit, activeDeadlineSeconds, ttlSecondsAfterFinished },
    status: said,
  };
}

/** How many pods it wants: 1 where nothing is said (apps/v1). Of a DaemonSet, Job or CronJob that is no number of copies. */
export function wantedPods({ spec: { replicas } }: Workload): number {
  return replicas ?? 1;
}

/** Whether it is meant to serve for as long as it exists. */
export function staysUp({ kind }: Workload): boolean {
  return kind !== 'Job' && kind !== 'CronJob';
}
