import { z } from 'zod';

import type { PodFacts } from '../domain/observation.ts';
import type { KubeObject } from '../ports/cluster.ts';

/** How far a workload is with replacing its pods. */
export type Rollout =
  | { readonly state: 'done'; readonly what: string }
  | { readonly state: 'going'; readonly what: string }
  | { readonly state: 'failed'; readonly what: string };

const shape = z.object({
  metadata: z.object({ generation: z.number().default(0) }),
  spec: z.object({ replicas: z.number().default(1) }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      currentRevision: z.string().optional(),
      updateRevision: z.string().optional(),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
});

/** Reasons for which a container waits and that time alone does not mend (kubernetes pkg/kubelet/images, kuberuntime). */
const hopeless = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

function troubleOf({ name, containers, initContainers }: PodFacts): string | undefined {
  const found = [...initContainers, ...containers].find(
    ({ reason = '', restartCount, exitCode = 0 }) =>
      hopeless.has(reason) || restartCount > 0 || exitCode !== 0,
  );
  if (found === undefined) return undefined;
  const { reason, message, lastExit } = found;
  const exit = lastExit === undefined ? '' : `, it ended with exit code ${lastExit.exitCode}`;
  return `container ${found.name} of the new pod ${name}: ${message ?? reason ?? 'started again'}${exit}`;
}

/**
 * Judges a Deployment or StatefulSet and the pods that are new since the change, as `kubectl rollout status` does (kubectl
 * pkg/polymorphichelpers/rollout_status.go), and sooner where a new pod shows that it will not come up. Pure.
 */
export function rolloutOf(object: KubeObject, newPods: readonly PodFacts[]): Rollout {
  const { metadata, spec, status } = shape.parse(object);
  // Until the controller has seen the change its words are about the one before.
  const isSeen = status.observedGeneration >= metadata.generation;
  const failure = status.conditions.find(
    ({ type, status: value }) =>
      isSeen &&
      ((type === 'ReplicaFailure' && value === 'True') || (type === 'Progressing' && value === 'False')),
  );
  const trouble = failure?.message ?? newPods.flatMap((pod) => troubleOf(pod) ?? [])[0];
  if (trouble !== undefined) return { state: 'failed', what: trouble };
  const ready = Math.max(
    status.availableReplicas,
    status.updateRevision === undefined ? 0 : status.readyReplicas,
  );
  const what = `${Math.min(status.updatedReplicas, ready)} of ${spec.replicas} new pods are ready`;
  const isWhole =
    isSeen &&
    status.updatedReplicas >= spec.replicas &&
    status.replicas <= status.updatedReplicas &&
    ready >= spec.replicas &&
    (status.updateRevision === undefined || status.currentRevision === status.updateRevision);
  return { state: isWhole ? 'done' : 'going', what };
}
