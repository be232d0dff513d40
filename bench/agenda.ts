import type { RunRow } from './run-row.ts';

type Arm = RunRow['arm'];

/** How many runs of a fault are wanted in each arm. */
export interface Wanted {
  readonly fault: string;
  /** In the order in which the arms take turns. */
  readonly arms: readonly { readonly arm: Arm; readonly n: number }[];
  /** A recovery that takes longer is none, seconds. */
  readonly limitSeconds?: number;
}

/** A run that has not recovered by then counts as not recovered, seconds, unless the agenda says otherwise. */
export const usualLimitSeconds = 240;

const helped = (fault: string, n = 5): Wanted => ({ fault, arms: [{ arm: 'rekindle', n }] });

/** Ten minutes: what the user waited at least before they helped by hand. */
const seedLimitSeconds = 600;

/** What the bench measures unless told otherwise. Doing nothing is measured where it is a real choice. */
export const standardAgenda: readonly Wanted[] = [
  {
    fault: 'plain-cut',
    arms: [
      { arm: 'nobody', n: 30 },
      { arm: 'rekindle', n: 30 },
    ],
  },
  helped('cut-during-recovery'),
  helped('cluster-stopped'),
  helped('agent-stopped'),
  helped('load-balancer-stopped'),
  helped('pooler-banned'),
  helped('pods-left-over'),
  helped('network-cache-damaged'),
  helped('django-crash-tail'),
  helped('django-init-crash-tail'),
  helped('dns-scaled-to-zero'),
  helped('host-name-lost'),
  helped('addresses-changed'),
  helped('load-balancer-ghost'),
  { ...helped('django-slow-start', 1), limitSeconds: 420 },
  helped('django-crash-tail-longest'),
  {
    fault: 'pooler-password-changed',
    arms: [
      { arm: 'rekindle', n: 5 },
      { arm: 'nobody', n: 3 },
    ],
    limitSeconds: seedLimitSeconds,
  },
  {
    fault: 'pooler-egress-blocked',
    arms: [
      { arm: 'rekindle', n: 5 },
      { arm: 'nobody', n: 3 },
    ],
    limitSeconds: seedLimitSeconds,
  },
];

export interface NextRun {
  readonly fault: string;
  readonly arm: Arm;
  /** The same in both arms, so that both are hit at the same point. */
  readonly seed: number;
  readonly limitSeconds: number;
}

/** The next run that this code still owes; arms of one fault take turns. Undefined when all is done. */
export function nextRun(
  runs: readonly RunRow[],
  agenda: readonly Wanted[],
  { code, dirty }: { readonly code: string; readonly dirty: boolean },
): NextRun | undefined {
  for (const { fault, arms, limitSeconds = usualLimitSeconds } of agenda) {
    const owing = arms
      .map(({ arm, n }) => ({
        arm,
        n,
        done: runs.filter(
          (row) => row.fault === fault && row.arm === arm && row.code === code && row.dirty === dirty,
        ).length,
      }))
      .filter(({ done, n }) => done < n)
      .toSorted((a, b) => a.done - b.done);
    const [behind] = owing;
    if (behind !== undefined) return { fault, arm: behind.arm, seed: behind.done + 1, limitSeconds };
  }
  return undefined;
}
