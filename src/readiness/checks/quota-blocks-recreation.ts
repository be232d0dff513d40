import { defineCheck, type Draft } from '../define-check.ts';
import { quantity } from '../../domain/quantity.ts';
import { kubectl } from '../judging/commands.ts';
import { allContainers } from '../world/pod-spec.ts';
import type { QuotaFields } from '../world/policy.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';

/** Names under which a quota counts what containers ask for (kubernetes.io, Resource Quotas). */
const countedBy: Readonly<Record<string, readonly ['requests' | 'limits', string]>> = {
  cpu: ['requests', 'cpu'],
  'requests.cpu': ['requests', 'cpu'],
  memory: ['requests', 'memory'],
  'requests.memory': ['requests', 'memory'],
  'limits.cpu': ['limits', 'cpu'],
  'limits.memory': ['limits', 'memory'],
};

/** Whether a LimitRange fills this in for containers that do not say it. */
function isFilledIn({ limitRanges }: World, namespace: string | undefined, side: string, resource: string) {
  return limitRanges.some(
    ({ ref, fields }) =>
      ref.namespace === namespace &&
      fields.spec.limits.some(
        ({ type, default: limits, defaultRequest }) =>
          type === 'Container' &&
          (side === 'limits' ? limits : { ...limits, ...defaultRequest })[resource] !== undefined,
      ),
  );
}

/** Workloads whose next pod the quota refuses because it does not say what it needs. */
function silentWorkloads(world: World, quota: Thing<QuotaFields>): readonly Draft[] {
  const { ref, fields } = quota;
  return Object.keys(fields.spec.hard).flatMap((name) => {
    const [side, resource] = countedBy[name] ?? [];
    if (side === undefined || resource === undefined || fields.spec.scopes.length > 0) return [];
    if (isFilledIn(world, ref.namespace, side, resource)) return [];
    return world.workloads
      .filter((workload) => workload.ref.namespace === ref.namespace)
      .flatMap((workload) => {
        const silent = allContainers(workload.pod).filter(({ resources }) => {
          const says = side === 'limits' ? resources.limits : { ...resources.limits, ...resources.requests };
          return says[resource] === undefined;
        });
        const [first] = silent;
        if (first === undefined) return [];
        return [
          {
            object: workload.ref,
            claim: `Quota ${ref.name} refuses its next pod: ${silent.map((container) => container.name).join(', ')} does not say its ${resource} ${side}.`,
            evidence: [
              [`spec.hard[${name}]`, fields.spec.hard[name] ?? '', ref] as const,
              [`resources.${side}.${resource} of ${first.name}`, 'not set'] as const,
            ],
            advice: { say: `Set ${side}.${resource}, or a LimitRange that fills it in.` },
          },
        ];
      });
  });
}

/** Lines of a quota that are over their limit: what is there stays, and nothing can be made again. */
function spent({ ref, fields }: Thing<QuotaFields>): readonly Draft[] {
  const { used } = fields.status;
  return Object.entries(fields.spec.hard).flatMap(([name, hard]): readonly Draft[] => {
    const [now, limit] = [quantity(used[name] ?? '0'), quantity(hard)];
    if (now < limit || limit === 0) return [];
    const over = now > limit;
    return [
      {
        object: ref,
        severity: over ? 'high' : 'medium',
        claim: over
          ? `${name} is over its limit: pods that end are not made again.`
          : `${name} is used up: an update that starts a new pod first waits for ever, and a pod is made again only after the old one has gone.`,
        evidence: [
          [`status.used[${name}]`, used[name] ?? '0'],
          [`spec.hard[${name}]`, hard],
        ],
        advice: {
          say: 'Raise it above what is used, with room for one more pod.',
          command: kubectl(ref, `edit quota/${ref.name}`),
        },
      },
    ];
  });
}

/** A quota is asked when a pod is made, never while it runs (kubernetes.io, Resource Quotas). */
export const quotaBlocksRecreation = defineCheck({
  id: 'quota-blocks-recreation',
  title: 'A quota that would block a new start',
  severity: 'high',
  why: 'Pods that run are not touched by it, so nobody notices; after a loss of power or an update they are not made again.',
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  needs: ['ResourceQuota', 'LimitRange', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  judge: (world) => world.quotas.flatMap((quota) => [...silentWorkloads(world, quota), ...spent(quota)]),
});
