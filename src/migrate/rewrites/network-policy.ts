import type { Bench } from '../bench.ts';
import { fieldsOf, podLabels, selects, valueAt, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';
import { findDoors } from './find-door.ts';

const id = 'network-policy';

/** Whether the policy says what may reach pods with these labels; an empty selector means every pod. */
function guards(policy: Manifest, labels: Readonly<Record<string, string>>): boolean {
  const selector = fieldsOf(valueAt(policy, ['spec', 'podSelector']));
  const match = fieldsOf(selector['matchLabels']);
  const isAll = Object.keys(match).length === 0 && selector['matchExpressions'] === undefined;
  return isAll || selects(match, labels);
}

function letIn(
  bench: Bench,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  ranges: readonly string[],
): void {
  const policy: Manifest = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'from-load-balancer', namespace },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [{ from: ranges.map((cidr) => ({ ipBlock: { cidr } })) }],
    },
  };
  const why =
    'The stack’s policies know the local front door. The target’s load balancer and its health checks come from these addresses; without this rule every backend would be unhealthy.';
  bench.add(policy, { rule: id, why });
}

/** Policies that would keep the target's load balancer out. Runs before the front door is rewritten. */
export const networkPolicy: Rule = {
  id,
  looksFor: 'NetworkPolicies over the pods of the front door: they know the local way in only',
  run: (bench, { target }) => {
    const policies = bench.objects('NetworkPolicy');
    const [first] = policies;
    if (first !== undefined && target.policiesNeed !== undefined)
      bench.task(id, first, target.policiesNeed.what, target.policiesNeed.how);
    if (target.loadBalancerRanges.length === 0) return;
    for (const { service } of findDoors(bench).doors.flatMap(({ backends }) => backends)) {
      const selector = fieldsOf(valueAt(service, ['spec', 'selector']));
      const { namespace = 'default' } = service.metadata;
      const pods = bench
        .objects()
        .find((one) => one.metadata.namespace === namespace && selects(selector, podLabels(one)));
      if (pods === undefined) continue;
      const labels = podLabels(pods);
      const guarded = policies.some(
        (policy) => policy.metadata.namespace === namespace && guards(policy, labels),
      );
      if (guarded) letIn(bench, namespace, selector as Record<string, string>, target.loadBalancerRanges);
    }
  },
};
