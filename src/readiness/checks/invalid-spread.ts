import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { podField } from '../judging/subjects.ts';

type Constraint = {
  readonly labelSelector?: unknown;
  readonly maxSkew?: number | null | undefined;
  readonly minDomains?: number | null | undefined;
  readonly topologyKey?: string | null | undefined;
  readonly whenUnsatisfiable?: string | null | undefined;
};

const rules: readonly (readonly [field: string, isBroken: (constraint: Constraint) => boolean])[] = [
  ['labelSelector', ({ labelSelector }) => labelSelector === undefined || labelSelector === null],
  ['maxSkew', ({ maxSkew }) => (maxSkew ?? 0) === 0],
  ['minDomains', ({ minDomains }) => minDomains === 0],
  ['topologyKey', ({ topologyKey }) => (topologyKey ?? '') === ''],
  [
    'whenUnsatisfiable',
    ({ whenUnsatisfiable }) =>
      !['DoNotSchedule', 'ScheduleAnyway'].includes(whenUnsatisfiable ?? 'DoNotSchedule'),
  ],
];

/** kubernetes.io, Pod Topology Spread Constraints, Spread constraint definition. */
export const invalidSpread = defineCheck({
  id: 'invalid-spread',
  title: 'A spread constraint that does nothing',
  severity: 'low',
  why: 'The API refuses it, or it counts no pods.',
  source:
    'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#spread-constraint-definition',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads.flatMap((workload) =>
      workload.pod.topologySpreadConstraints.flatMap((constraint, index) => {
        const broken = rules.filter(([, isBroken]) => isBroken(constraint)).map(([field]) => field);
        if (broken.length === 0) return [];
        const field = `${podField(workload)}.topologySpreadConstraints[${index}]`;
        return [
          {
            object: workload.ref,
            claim: `Constraint ${index + 1} has no usable ${broken.join(', ')}.`,
            evidence: broken.map((name) => [`${field}.${name}`, 'not set, or not allowed'] as const),
            advice: { say: 'Give it a label selector and the other fields.', command: edit(workload.ref) },
          },
        ];
      }),
    ),
});
