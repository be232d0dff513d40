import { refText } from '../../domain/object-ref.ts';
import { defineGuard } from './define-guard.ts';

/** A step that helped each time and is needed again this often does not reach the cause; times the policy's attempts. */
const provenFactor = 3;

/**
 * Each step may fail to help a few times per object and run; after that the cause must be another one. Times that were
 * proven to help count apart: what comes again while the stack is still coming up may be mended again. A pod that was
 * deleted comes back under another name, so such steps are counted by its controller as well.
 */
export const budgetSpent = defineGuard({
  id: 'budget-spent',
  judge: (step, { past, run, stack }) => {
    const target = refText(step.target);
    const ofRun = past.filter((action) => action.run === run && action.step === step.step);
    const tried = ofRun.filter((action) => action.target === target);
    const { owner = '' } = step.parameters;
    const ofOwner = owner === '' ? tried : ofRun.filter((action) => action.owner === owner);
    const inVain = tried.filter(({ verified, untouched }) => verified !== 'yes' && !untouched);
    const { attempts } = stack.policy;
    const isOften = Math.max(tried.length, ofOwner.length) >= attempts * provenFactor;
    if (inVain.length < attempts && !isOften) return undefined;
    const outcome = isOften ? 'helped, but did not last' : 'did not help';
    const counted = isOften && ofOwner.length > tried.length ? ofOwner : tried;
    return {
      reason: `${step.step} was tried ${counted.length} times in this run and ${outcome}; the last time: ${counted.at(-1)?.detail ?? 'its end was not heard'}.`,
      advice: 'A person has to look: run `rekindle diagnose` and read the evidence.',
      kind: 'human',
    };
  },
});
