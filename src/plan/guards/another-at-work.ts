import { seen } from '../../domain/looked.ts';
import { defineGuard } from './define-guard.ts';
import { deletesPod } from './deletes-pod.ts';

/** A pod gets this long after somebody else has made it anew, ms: a rollout or another healer may not be done with it. */
const othersMs = 120_000;

/**
 * An agent leaves a pod alone that somebody else has replaced a moment ago: a rolling update, the operator, another healer. Two
 * that mend the same thing undo each other's work. What this program replaced is not somebody else's.
 */
export const anotherAtWork = defineGuard({
  id: 'another-at-work',
  judge: (step, { observation, past, restraint }) => {
    if (restraint === undefined || !deletesPod(step)) return undefined;
    const pod = seen(observation.pods)?.find(({ uid }) => uid === step.target.uid);
    if (pod?.owner === undefined || observation.at - pod.createdAt >= othersMs) return undefined;
    const { owner } = pod;
    const isOurs = past.some(
      (action) =>
        action.owner === owner.name &&
        pod.createdAt - action.intendedAt < othersMs &&
        action.intendedAt <= pod.createdAt + 1000,
    );
    if (isOurs) return undefined;
    const seconds = Math.max(0, Math.round((observation.at - pod.createdAt) / 1000));
    return {
      reason: `${pod.name} was made anew ${seconds} s ago, and not by this program: somebody else is at work on ${owner.kind} ${owner.name}.`,
      advice: 'Wait: it is judged anew when the other had time to finish.',
      kind: 'wait',
    };
  },
});
