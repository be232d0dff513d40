import type { CheckCase, CheckCases } from './case.ts';
import { clusterCases } from './cluster.ts';
import { containerCases } from './containers.ts';
import { networkCases } from './network.ts';
import { referenceCases } from './references.ts';
import { workloadCases } from './workloads.ts';

/** What each check has to find, by its id. */
export const checkCases: CheckCases = {
  ...containerCases,
  ...workloadCases,
  ...networkCases,
  ...referenceCases,
  ...clusterCases,
};

/** Cases of one check. Throws when it has none. */
export function casesOf(id: string): readonly CheckCase[] {
  const found = checkCases[id];
  if (found === undefined) throw new Error(`check ${id} has no case`);
  return found;
}
