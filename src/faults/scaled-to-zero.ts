import type { Evidence } from '../domain/finding.ts';
import type { WorkloadFacts } from '../domain/observation.ts';

/** Who wanted no pods, and since when, as the API keeps it. */
export function scaledToZeroEvidence(workload: WorkloadFacts, at: number): Evidence[] {
  const object = `${workload.kind} ${workload.namespace}/${workload.name}`;
  const { scaledBy, generation } = workload;
  return [
    {
      object,
      field: 'spec.replicas',
      value: generation === undefined ? '0' : `0 (generation ${generation})`,
      at,
    },
    ...(scaledBy === undefined
      ? []
      : [
          {
            object,
            field: 'managedFields: who set the number of pods, and when',
            value: `${scaledBy.manager}, ${new Date(scaledBy.at).toISOString()}`,
            at,
          },
        ]),
  ];
}

/** How many pods there were meant to be, as far as the manifest says; one is the least that serves anybody. */
export function replicasToRestore({ appliedReplicas = 0 }: WorkloadFacts): number {
  return Math.max(1, appliedReplicas);
}

const time = (at: number) => new Date(at).toISOString();

/** By whom and when, as far as the API keeps it; of a scale by `kubectl scale` it keeps when the last pod went. */
export function scaledByText({ scaledBy, statusChangedAt }: WorkloadFacts): string {
  if (scaledBy !== undefined) return ` by ${scaledBy.manager} at ${time(scaledBy.at)}`;
  return statusChangedAt === undefined
    ? ''
    : ` (by whom the API does not keep; its controller was done at ${time(statusChangedAt)})`;
}
