import type { Arm } from './rig/recovery.ts';
import type { RunRow } from './run-row.ts';

/** How many runs of a fault are wanted in each arm. */
export interface Wanted {
  readonly fault: string;
  readonly n: number;
  readonly arms: readonly Arm[];
}

/** What the bench measures unless told otherwise. Only the plain cut is compared with doing nothing. */
export const standardAgenda: readonly Wanted[] = [
  { fault: 'plain-cut', n: 30, arms: ['nobody', 'rekindle'] },
  { fault: 'cut-during-recovery', n: 5, arms: ['rekindle'] },
  { fault: 'cluster-stopped', n: 5, arms: ['rekindle'] },
  { fault: 'agent-stopped', n: 5, arms: ['rekindle'] },
  { fault: 'load-balancer-stopped', n: 5, arms: ['rekindle'] },
  { fault: 'pooler-password-changed', n: 5, arms: ['rekindle'] },
];

export interface NextRun {
  readonly fault: string;
  readonly arm: Arm;
  /** The same in both arms, so that both are hit at the same point. */
  readonly seed: number;
}

/** The next run that this code still owes; arms of one fault take turns. Undefined when all is done. */
export function nextRun(
  runs: readonly RunRow[],
  agenda: readonly Wanted[],
  { code, dirty }: { readonly code: string; readonly dirty: boolean },
): NextRun | undefined {
  for (const { fault, n, arms } of agenda) {
    const done = (arm: Arm) =>
      runs.filter((row) => row.fault === fault && row.arm === arm && row.code === code && row.dirty === dirty)
        .length;
    const [behind] = arms.toSorted((a, b) => done(a) - done(b));
    if (behind !== undefined && done(behind) < n) return { fault, arm: behind, seed: done(behind) + 1 };
  }
  return undefined;
}
