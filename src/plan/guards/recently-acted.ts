import { refText } from '../../domain/object-ref.ts';
import type { PoolerProfileStep, StepName } from '../../domain/plan.ts';
import { countedActions } from './counted-actions.ts';
import { defineGuard } from './define-guard.ts';
import { onSameObject } from './hourly-budget.ts';

/** Time that an action gets to show its effect before the same object is touched again, ms. */
const coolDownMs: Readonly<Record<Exclude<StepName, PoolerProfileStep>, number>> = {
  'start-cluster': 60_000,
  'start-node': 30_000,
  'start-load-balancer': 10_000,
  'drop-gone-upstreams': 20_000,
  'restart-crash-looping-pod': 15_000,
  'restart-pod-with-its-files': 15_000,
  'restart-stuck-pod': 60_000,
  'delete-left-over-pod': 10_000,
  'scale-up': 30_000,
  'restore-host-names': 60_000,
  'set-network-cache-aside': 10_000,
  'trim-append-only-file': 15_000,
  'sync-pooler-credentials': 10_000,
  'nudge-pooler': 5000,
  'restart-pooler': 20_000,
  'apply-pooler-profile': 10_000,
  'reload-load-balancer': 3000,
};

/** Under an agent the time doubles from the third action within an hour and a boot on, up to 32 times. */
const freeRepeats = 2;
const mostDoublings = 5;

/** A step that only a person asks for has no cool-down. */
function coolDownOf(step: StepName): number {
  return Object.hasOwn(coolDownMs, step) ? coolDownMs[step as keyof typeof coolDownMs] : 0;
}

/** Evidence older than the last action on that object does not count, and every action gets time to show its effect. */
export const recentlyActed = defineGuard({
  id: 'recently-acted',
  judge: (step, { past, observation, restraint }) => {
    const target = refText(step.target);
    const last = past.findLast((action) => action.target === target && action.step === step.step);
    if (last === undefined) return undefined;
    const at = last.actedAt ?? last.intendedAt;
    const age = observation.at - at;
    // Negative when the action ended while this was being looked at: what was seen may be of before it.
    const counted = restraint === undefined ? [] : onSameObject(step, countedActions(observation, past));
    const repeats = counted.length - freeRepeats;
    // Without an effect to wait for only fresh evidence is.
    const ownTime = last.untouched ? 0 : coolDownOf(step.step);
    const coolDown = ownTime * 2 ** Math.min(Math.max(repeats, 0), mostDoublings);
    if (step.evidenceAt > at && age >= coolDown) return undefined;
    return {
      reason: `${step.step} was done on it ${Math.max(0, Math.round(age / 1000))} s ago.`,
      advice: 'Wait: it will be judged anew from fresh evidence.',
      kind: 'wait',
    };
  },
});
