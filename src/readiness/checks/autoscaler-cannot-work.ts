import { defineCheck, type Draft } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { autoscalersOf } from '../world/relations.ts';
import { longRunning } from '../world/pod-spec.ts';
import type { AutoscalerFields } from '../world/policy.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';

/** Resources whose use it compares with what the pods ask for. */
function comparedResources({ spec }: AutoscalerFields): readonly string[] {
  const ofMetrics = spec.metrics.flatMap(({ type, resource }) =>
    type === 'Resource' && resource?.target?.type === 'Utilization' ? [resource.name] : [],
  );
  const isOld =
    spec.targetCPUUtilizationPercentage !== null && spec.targetCPUUtilizationPercentage !== undefined;
  return [...ofMetrics, ...(isOld ? ['cpu'] : [])];
}

function withoutRequests(world: World, autoscaler: Thing<AutoscalerFields>): readonly Draft[] {
  const compared = comparedResources(autoscaler.fields);
  return world.workloads
    .filter((workload) => autoscalersOf(world, workload).includes(autoscaler))
    .flatMap(({ ref, pod }) =>
      longRunning(pod).flatMap(({ name, resources }) => {
        const missing = compared.filter(
          (resource) =>
            resources.requests[resource] === undefined && resources.limits[resource] === undefined,
        );
        if (missing.length === 0) return [];
        return [
          {
            object: autoscaler.ref,
            claim: `It compares ${missing.join(' and ')} with what ${name} asks for, and ${name} asks for nothing.`,
            evidence: missing.map(
              (resource) => [`resources.requests.${resource} of ${name}`, 'not set', ref] as const,
            ),
            advice: { say: 'Set requests in the container.' },
          },
        ];
      }),
    );
}

function troubles({ ref, fields }: Thing<AutoscalerFields>): readonly Draft[] {
  return (fields.status?.conditions ?? [])
    .filter(({ type, status }) => ['AbleToScale', 'ScalingActive'].includes(type) && status === 'False')
    .map(({ type, reason, message }) => ({
      object: ref,
      claim: `It does not scale now: ${message ?? reason ?? type}.`,
      evidence: [[`status.conditions[${type}]`, `False, ${reason ?? 'no reason'}`]],
      advice: { say: 'Mend what it names.', command: edit(ref) },
    }));
}

/** kubernetes.io, Horizontal Pod Autoscaling, How does it work: without requests no utilization can be computed. */
export const autoscalerCannotWork = defineCheck({
  id: 'autoscaler-cannot-work',
  title: 'An autoscaler that cannot scale',
  severity: 'medium',
  why: 'Load grows and nothing happens.',
  source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  needs: ['HorizontalPodAutoscaler', 'Deployment', 'StatefulSet'],
  judge: (world) =>
    world.autoscalers.flatMap((autoscaler) => [
      ...withoutRequests(world, autoscaler),
      ...troubles(autoscaler),
    ]),
});
