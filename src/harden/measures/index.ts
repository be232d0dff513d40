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

/** All measures over one inventory. Pure. */
export function judgeMeasures(inventory: HardenInventory, measurements: Measurements): readonly Measure[] {
  return Object.values(measures).flatMap((judge) => judge(inventory, measurements));
}
