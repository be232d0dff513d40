import { defineCheck, type Draft } from '../define-check.ts';
import { quantity } from '../../domain/quantity.ts';
import type { Severity } from '../finding.ts';
import { kubectl } from '../judging/commands.ts';
import { podAmount } from '../judging/pod-request.ts';
import { allContainers } from '../world/pod-spec.ts';
import type { QuotaFields } from '../world/policy.ts';
import type { Thing } from '../world/thing.ts';
import type { Workload } from '../world/workload.ts';
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

/** Quotas may count some pods only, by class of service, end or priority (core/v1, ResourceQuotaSpec). */
function isOfSomePods({ fields: { spec } }: Thing<QuotaFields>): boolean {
  return spec.scopes.length > 0 || (spec.scopeSelector ?? undefined) !== undefined;
}

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
    if (side === undefined || resource === undefined || isOfSomePods(quota)) return [];
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

/** What stops when a line of a quota is used up; of what pods ask for it is told apart whether it is over its limit. */
function stopOf(name: string, isOver: boolean): readonly [severity: Severity, what: string] {
  if (name in countedBy || /^(count\/)?pods$/.test(name))
    return isOver
      ? ['high', 'pods that end are not made again']
      : [
          'medium',
          'an update that starts a new pod first waits for ever, and a pod is made again only after the old one has gone',
        ];
  if (/^(count\/)?replicasets/.test(name)) return ['medium', 'an update needs one more and waits for ever'];
  if (/^(count\/)?jobs/.test(name)) return ['medium', 'no CronJob can start its next Job'];
  return ['low', 'nothing more of it can be made'];
}

/** Lines of a quota that are used up: what is there stays, and nothing can be made again. */
function spent({ ref, fields }: Thing<QuotaFields>): readonly Draft[] {
  const { used } = fields.status;
  return Object.entries(fields.spec.hard).flatMap(([name, hard]): readonly Draft[] => {
    const [now, limit] = [quantity(used[name] ?? '0'), quantity(hard)];
    // Nothing at all is allowed on purpose.
    if (now < limit || limit === 0) return [];
    const [severity, what] = stopOf(name, now > limit);
    return [
      {
        object: ref,
        severity,
        claim: `${name} is ${now > limit ? 'over its limit' : 'used up'}: ${what}.`,
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

/** What one more pod takes of a line of a quota; undefined: the line does not count pods. */
function onePod({ pod }: Workload, name: string): number | undefined {
  if (/^(count\/)?pods$/.test(name)) return 1;
  const [side, resource] = countedBy[name] ?? [];
  return side === undefined || resource === undefined ? undefined : podAmount(pod, resource, side);
}

/** Whether an update starts a new pod before an old one ends; by default it does (apps/v1, RollingUpdateDeployment). */
function hasSurge({ kind, spec }: Workload): boolean {
  const { type, rollingUpdate } = spec.strategy ?? {};
  const surge = rollingUpdate?.maxSurge ?? '25%';
  return (
    kind === 'Deployment' && (type ?? 'RollingUpdate') === 'RollingUpdate' && !/^0%?$/.test(String(surge))
  );
}

/** Deployments whose next update finds no room although there is some left. */
function tight(world: World, { ref, fields }: Thing<QuotaFields>): readonly Draft[] {
  const { used } = fields.status;
  const deployments = world.workloads.filter(
    (workload) => workload.ref.namespace === ref.namespace && hasSurge(workload),
  );
  return Object.entries(fields.spec.hard).flatMap(([name, hard]) => {
    const room = quantity(hard) - quantity(used[name] ?? '0');
    return deployments.flatMap((workload): readonly Draft[] => {
      const wanted = onePod(workload, name) ?? 0;
      if (!(room > 0 && wanted > room)) return [];
      return [
        {
          object: workload.ref,
          severity: 'medium',
          claim: `Quota ${ref.name} has no room for one more pod of it: an update, which starts a new one first, waits for ever.`,
          evidence: [
            [`${name} of one pod`, String(wanted)],
            [`spec.hard[${name}]`, hard, ref],
            [`status.used[${name}]`, used[name] ?? '0', ref],
          ],
          advice: {
            say: 'Raise the quota, or let the update end an old pod first (maxSurge 0).',
            command: kubectl(ref, `edit quota/${ref.name}`),
          },
        },
      ];
    });
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
  judge: (world) =>
    world.quotas.flatMap((quota) => [
      ...silentWorkloads(world, quota),
      ...spent(quota),
      ...(isOfSomePods(quota) ? [] : tight(world, quota)),
    ]),
});
