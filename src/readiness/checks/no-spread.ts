import { defineCheck, type Draft } from '../define-check.ts';
import { patchPods } from '../judging/commands.ts';
import { autoscalersOf, matches } from '../world/relations.ts';
import { wantedPods, type Workload } from '../world/workload.ts';
import type { World } from '../world/world.ts';

/** Labels of nodes that tell failure domains apart (kubernetes.io, Well-Known Labels). */
const domains = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]);

function keepsApart({ pod, podLabels }: Workload): boolean {
  const anti = pod.affinity?.podAntiAffinity;
  const terms = [
    ...(anti?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(anti?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ podAffinityTerm }) => podAffinityTerm,
    ),
  ];
  return terms.some(
    ({ topologyKey, labelSelector }) => domains.has(topologyKey) && matches(labelSelector, podLabels),
  );
}

function spreads({ pod, podLabels }: Workload): boolean {
  return pod.topologySpreadConstraints.some(
    ({ topologyKey, labelSelector }) => domains.has(topologyKey ?? '') && matches(labelSelector, podLabels),
  );
}

function constraint({ podLabels, selector }: Workload) {
  const matchLabels = selector?.matchLabels ?? podLabels;
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
  };
}

function draftOf(workload: Workload): Draft {
  const { ref } = workload;
  const constrained = spreads(workload);
  return {
    object: ref,
    severity: constrained ? 'info' : 'medium',
    claim: constrained
      ? 'Copies are spread by a constraint; no anti-affinity forbids two of them on one node.'
      : 'Nothing keeps its copies on different nodes.',
    evidence: [
      ['spec.template.spec.affinity.podAntiAffinity', 'none that selects these pods'],
      [
        'spec.template.spec.topologySpreadConstraints',
        constrained ? 'one that selects these pods' : 'none that selects these pods',
      ],
    ],
    advice: {
      say: 'Spread the copies over nodes. In one machine that survives the restart of a node, and nothing more.',
      command: patchPods(ref, { topologySpreadConstraints: [constraint(workload)] }),
    },
  };
}

/** Whether there may be a second copy: where no number is written, an autoscaler sets it. */
function mayHaveSeveral(world: World, workload: Workload): boolean {
  const most = autoscalersOf(world, workload).map(({ fields }) => fields.spec.maxReplicas);
  return Math.max(wantedPods(workload), ...most) > 1;
}

/** The scheduler's own default spreading only prefers, and yields to anything (kubernetes.io, Pod Topology Spread Constraints). */
export const noSpread = defineCheck({
  id: 'no-spread',
  title: 'Copies may all be on one node',
  severity: 'medium',
  why: 'Then the restart of one node takes all of them at once.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/',
  needs: ['Deployment', 'StatefulSet', 'HorizontalPodAutoscaler'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(
        (workload) =>
          ['Deployment', 'StatefulSet'].includes(workload.kind) &&
          mayHaveSeveral(world, workload) &&
          !keepsApart(workload),
      )
      .map((workload) => draftOf(workload)),
});
