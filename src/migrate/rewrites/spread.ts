import type { Bench } from '../bench.ts';
import { podLabels, podSpecPath, podsOf, selects, valueAt, fieldsOf, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'spread';

const zone = 'topology.kubernetes.io/zone';
const host = 'kubernetes.io/hostname';

const isScaled = ({ kind }: Manifest) => kind === 'Deployment' || kind === 'StatefulSet';

function spreadOut(bench: Bench, workload: Manifest): void {
  const path = podSpecPath(workload) ?? [];
  if (valueAt(workload, [...path, 'topologySpreadConstraints']) !== undefined) return;
  // The pods of the old and the new version are counted apart (kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints).
  const apart = workload.kind === 'Deployment' ? { matchLabelKeys: ['pod-template-hash'] } : {};
  const constraints = [zone, host].map((topologyKey) =>
    Object.assign(
      {
        maxSkew: 1,
        topologyKey,
        // Not DoNotSchedule: when a zone is down the pods shall run in the others rather than wait for it.
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: podLabels(workload) },
      },
      apart,
    ),
  );
  bench.set(workload, [...path, 'topologySpreadConstraints'], constraints, {
    rule: id,
    before: '(not set)',
    after: 'one pod more per zone and per node at most',
    why: 'On one machine it did not matter where the replicas run. In three zones all of them in one would be lost with it.',
  });
}

function hasBudget(bench: Bench, workload: Manifest): boolean {
  return bench
    .objects('PodDisruptionBudget')
    .some(
      (budget) =>
        budget.metadata.namespace === workload.metadata.namespace &&
        selects(fieldsOf(valueAt(budget, ['spec', 'selector', 'matchLabels'])), podLabels(workload)),
    );
}

function budgetFor({ metadata: { name, namespace }, ...workload }: Manifest): Manifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: {
      maxUnavailable: 1,
      // A pod that is not ready must not keep a node from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: valueAt(workload, ['spec', 'selector']),
    },
  };
}

/** What a single node never asked for: replicas in different places, and a limit to how many go at once. */
export const spread: Rule = {
  id,
  looksFor:
    'replicas that nothing keeps apart, and workloads without a disruption budget: a single node is never drained',
  run: (bench) => {
    for (const workload of bench
      .objects()
      .filter((one) => isScaled(one) && podsOf(one, bench.objects()) > 1)) {
      spreadOut(bench, workload);
      if (hasBudget(bench, workload)) continue;
      const why = 'The target drains nodes at every upgrade; without a budget all replicas may go at once.';
      bench.add(budgetFor(workload), { rule: id, why });
    }
    const lone = bench.objects().filter((one) => isScaled(one) && podsOf(one, bench.objects()) === 1);
    if (lone.length === 0) return;
    bench.task(
      id,
      lone.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', '),
      'Each runs once: when its node is drained or lost it is away until it runs elsewhere (a StatefulSet on a lost node until somebody confirms that the node is gone).',
      'Raise spec.replicas where the program may run twice (a scheduler such as celery beat may not).',
    );
  },
};
