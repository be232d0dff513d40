import { seen } from '../../domain/looked.ts';
import { defineGuard } from './define-guard.ts';
import { deletesPod } from './deletes-pod.ts';

/** A deleted pod takes its emptyDir volumes with it, and nobody has looked what is in them. */
export const filesInEmptyDir = defineGuard({
  id: 'files-in-empty-dir',
  judge: (step, { observation }) => {
    if (!deletesPod(step)) return undefined;
    const pod = seen(observation.pods)?.find((entry) => entry.uid === step.target.uid);
    if (pod === undefined) {
      return { reason: 'The pod is not there any more.', advice: 'Nothing to do.', kind: 'wait' };
    }
    return pod.emptyDirs.length === 0
      ? undefined
      : {
          reason: `Deleting ${pod.name} would delete the files in its emptyDir volume(s) ${pod.emptyDirs.join(', ')}.`,
          advice:
            'The kubelet starts it again when the back-off is over; files that must stay belong on a volume claim.',
          kind: 'wait',
        };
  },
});
