import type { Snapshot } from '../../../src/readiness/world/snapshot.ts';
import type { Written } from '../readiness-objects.ts';

/** What provokes one finding of one check. */
export interface CheckCase {
  /** What is wrong, for the name of the test. */
  readonly what: string;
  readonly objects: readonly Written[];
  /** `refText` of the object that must be named. */
  readonly names: string;
  readonly severity: 'high' | 'medium' | 'low' | 'info';
  /** Where it is no snapshot of a cluster, or pods were asked something. */
  readonly snapshot?: Partial<Snapshot>;
}

/** Cases by the id of their check. */
export type CheckCases = Readonly<Record<string, readonly CheckCase[]>>;

/** One finding on a cluster with these objects. */
export function one(
  what: string,
  objects: readonly Written[],
  names: string,
  severity: CheckCase['severity'],
): CheckCase {
  return { what, objects, names, severity };
}
