import type { HardenInventory } from '../inventory.ts';
import type { JudgeMeasure, Measure, MeasureName } from '../measure.ts';
import type { Measurements } from '../measurements.ts';
import { disruptionBudgets } from './disruption-budgets.ts';
import { hostNameMeasure } from './host-name.ts';
import { nodeAddresses } from './node-addresses.ts';
import { poolerProfileMeasure } from './pooler-profile.ts';
import { readiness } from './readiness.ts';
import { redisGuard } from './redis-guard.ts';
import { restartPolicies } from './restart-policies.ts';
import { startupProbes } from './startup-probes.ts';
import { waitForDependencies } from './wait-for-dependencies.ts';

/** Every measure by its name, from the lowest layer up: also the order in which they are applied. */
export const measures: Readonly<Record<MeasureName, JudgeMeasure>> = {
  'restart-policy': restartPolicies,
  'host-name': hostNameMeasure,
  'disruption-budget': disruptionBudgets,
  'redis-guard': redisGuard,
  'startup-probe': startupProbes,
  'wait-for-dependencies': waitForDependencies,
  readiness,
  'pooler-profile': poolerProfileMeasure,
  'node-addresses': nodeAddresses,
};

/** Whether an id, or the beginning of one, is of a measure that this program knows. */
export function isOfKnownMeasure(id: string): boolean {
  return Object.hasOwn(measures, id.split('/', 1)[0] ?? '');
}

/** Helm's next upgrade is a three-way merge, which leaves what others have added (helm.sh, Changes since Helm 2). */
const helmNote =
  'Helm made this object. Its next upgrade leaves this alone, but the chart does not know it: put it into its values where it has a place for it.';

function withHelmNote(measure: Measure, { workloads }: HardenInventory): Measure {
  const { object, change, cannot } = measure;
  const isHelm = workloads.some(
    (entry) => entry.isHelm && entry.kind === object.kind && entry.name === object.name,
  );
  return isHelm && change.by === 'patch' ? { ...measure, cannot: [...cannot, helmNote] } : measure;
}

/** All measures over one inventory. Pure. */
export function judgeMeasures(inventory: HardenInventory, measurements: Measurements): readonly Measure[] {
  return Object.values(measures)
    .flatMap((judge) => judge(inventory, measurements))
    .map((measure) => withHelmNote(measure, inventory));
}
