import { refText } from '../../domain/object-ref.ts';
import { defineGuard } from './define-guard.ts';

/** A step that helped each time and is needed again this often does not reach the cause; times the policy's attempts. */
const provenFactor = 3;

/**
 * Each step may fail to help a few times per object and run; after that the cause must be another one. Times that were
 * proven to help count apart: what comes again while the stack is still coming up may be mended again.
 */
export const budgetSpent = defineGuard({
  id: 'budget-spent',
  judge: (step, { past, run, stack }) => {
    const target = refText(step.target);
    const tried = past.filter(
      (action) => action.run === run && action.target === target && action.step === step.step,
    );
    const inVain = tried.filter(({ verified }) => verified !== 'yes');
    const { attempts } = stack.policy;
    if (inVain.length < attempts && tried.length < attempts * provenFactor) return undefined;
    const outcome = inVain.length < attempts ? 'helped, but did not last' : 'did not help';
    return {
      reason: `${step.step} was tried ${tried.length} times in this run and ${outcome}; the last time: ${tried.at(-1)?.detail ?? 'its end was not heard'}.`,
      advice: 'A person has to look: run `rekindle diagnose` and read the evidence.',
      kind: 'human',
    };
  },
});
