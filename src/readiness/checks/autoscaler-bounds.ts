import { defineCheck, type Draft } from '../define-check.ts';
import { patch } from '../judging/commands.ts';
import { amountText, podRequest, type Resource } from '../judging/pod-request.ts';
import { refText, type ObjectRef } from '../../domain/object-ref.ts';
import { quantity } from '../../domain/quantity.ts';
import { autoscalersOf } from '../world/relations.ts';
import { refOf } from '../world/thing.ts';
import type { World } from '../world/world.ts';

function singles(world: World): readonly Draft[] {
  return world.autoscalers
    .filter(({ fields }) => (fields.spec.minReplicas ?? 1) < 2)
    .map(({ ref, fields }) => ({
      object: ref,
      claim: `It may go down to ${fields.spec.minReplicas ?? 1} pod(s): then every restart is an outage.`,
      evidence: [['spec.minReplicas', String(fields.spec.minReplicas ?? '1 (the default)')]],
      advice: { say: 'Keep at least two.', command: patch(ref, { spec: { minReplicas: 2 } }) },
    }));
}

/** Who owns a field, as the API server keeps it (kubernetes.io, Server-Side Apply, Field management). */
interface ManagedFields {
  readonly manager?: string;
  readonly subresource?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: Readonly<Record<string, unknown>> };
}

/** Who writes the number of pods beside the autoscaler, which does it by the subresource scale; undefined: nobody. */
function writerOfReplicas({ objects }: World, ref: ObjectRef): string | undefined {
  const object = objects.find((entry) => refText(refOf(entry)) === refText(ref));
  const { managedFields = [] } = (object?.metadata ?? {}) as {
    readonly managedFields?: readonly ManagedFields[];
  };
  return managedFields.find(
    ({ subresource, fieldsV1 }) =>
      subresource !== 'scale' && fieldsV1?.['f:spec']?.['f:replicas'] !== undefined,
  )?.manager;
}

function written(world: World): readonly Draft[] {
  return world.workloads.flatMap((workload) => {
    const { ref, spec } = workload;
    const [autoscaler] = autoscalersOf(world, workload);
    if (autoscaler === undefined || (spec.replicas ?? undefined) === undefined) return [];
    // In a cluster the number is there whoever wrote it.
    const writer = world.isLive ? writerOfReplicas(world, ref) : 'this file';
    if (writer === undefined) return [];
    return [
      {
        object: ref,
        severity: 'low' as const,
        claim: `Whenever ${writer} is applied it is set back to a fixed number of pods, whatever its autoscaler wants.`,
        evidence: [
          ['spec.replicas', `${spec.replicas}, written by ${writer}`],
          ['spec.scaleTargetRef', 'this object', autoscaler.ref],
        ],
        advice: { say: 'Leave replicas out of what is applied.' },
      },
    ];
  });
}

function capacityOf({ nodes }: World, resource: Resource): number {
  return nodes.reduce((sum, { fields }) => sum + quantity(fields.status.allocatable[resource] ?? '0'), 0);
}

function tooLarge(world: World): readonly Draft[] {
  const resources: readonly Resource[] = ['cpu', 'memory'];
  if (world.nodes.length === 0) return [];
  return world.workloads.flatMap((workload) =>
    autoscalersOf(world, workload).flatMap(({ ref, fields }) =>
      resources.flatMap((resource) => {
        const most = fields.spec.maxReplicas * podRequest(workload.pod, resource);
        const there = capacityOf(world, resource);
        if (most <= there || there === 0) return [];
        return [
          {
            object: ref,
            claim: `At its upper bound it wants ${amountText(most, resource)} ${resource}; all nodes together have ${amountText(there, resource)}.`,
            evidence: [
              ['spec.maxReplicas', String(fields.spec.maxReplicas)],
              [
                `${resource} request of one pod`,
                amountText(podRequest(workload.pod, resource), resource),
                workload.ref,
              ],
              [`status.allocatable.${resource} of all nodes`, amountText(there, resource)],
            ] as const,
            advice: { say: 'Lower the bound, or add nodes.' },
          },
        ];
      }),
    ),
  );
}

/** kubernetes.io, Horizontal Pod Autoscaling, Migrating Deployments and StatefulSets to horizontal autoscaling. */
export const autoscalerBounds = defineCheck({
  id: 'autoscaler-bounds',
  title: 'An autoscaler with bounds that do not fit',
  severity: 'medium',
  why: 'Too low and every restart is an outage; too high and it takes what others need, or waits for ever.',
  source:
    'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling',
  needs: ['HorizontalPodAutoscaler', 'Deployment', 'StatefulSet', 'Node'],
  judge: (world) => [...singles(world), ...written(world), ...tooLarge(world)],
});
