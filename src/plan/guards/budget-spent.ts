import { refText } from '../../domain/object-ref.ts';
import { defineGuard } from './define-guard.ts';

/** Each step may be tried a few times per object and run; after that the cause must be another one. */
export const budgetSpent = defineGuard({
  id: 'budget-spent',
  judge: (step, { past, run, stack }) => {
    const target = refText(step.target);
    const tried = past.filter(
      (action) => action.run === run && action.target === target && action.step === step.step,
    );
    return tried.length >= stack.policy.attempts
      ? {
          reason: `${step.step} was tried ${tried.length} times in this run and did not help; the last time: ${tried.at(-1)?.detail ?? 'its end was not heard'}.`,
          advice: 'A person has to look: run `rekindle diagnose` and read the evidence.',
          kind: 'human',
        }
      : undefined;
  },
});
