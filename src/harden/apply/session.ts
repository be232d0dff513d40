import type { ActContext } from '../../act/define-step.ts';
import { judgeNow } from '../../app/judge-now.ts';
import type { RunLog } from '../../app/run-log.ts';
import type { ObjectRef } from '../../domain/object-ref.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Measurements } from '../measurements.ts';

/** What changing the stack needs. */
export interface HardenSession {
  readonly context: ActContext;
  readonly log: RunLog;
  /** Time for one workload to replace its pods, and for the stack to be healthy after it, ms. */
  readonly timeoutMs: number;
  /** How long each component took to start, by `Kind/name`: one that needs longer gets more time. */
  readonly starts: Measurements['starts'];
}

/** Time for a workload with so many pods to replace them one after the other, ms: twice what was measured. */
export function patienceMs(
  { timeoutMs, starts }: HardenSession,
  { kind, name }: ObjectRef,
  pods: number,
): number {
  const longest = starts.get(`${kind}/${name}`)?.longestSeconds ?? 0;
  return Math.max(timeoutMs, 2 * longest * Math.max(1, pods) * 1000);
}

/** Between two looks, ms. */
export const betweenLooksMs = 1000;

/** The verdict as soon as it is healthy, and at the latest when the time is over or somebody wants it to end. */
export async function healthyWithin(session: HardenSession): Promise<Verdict> {
  const { clock, kept, late, signal } = session.context;
  const end = clock.monotonic() + session.timeoutMs;
  for (;;) {
    kept.clear();
    late.clear();
    const { verdict } = await judgeNow(session);
    if (verdict.state === 'healthy' || clock.monotonic() > end || signal.aborted) return verdict;
    await clock.sleep(betweenLooksMs);
  }
}
