import { seen } from '../../domain/looked.ts';
import type { Observation, PodFacts } from '../../domain/observation.ts';
import { defineGuard } from './define-guard.ts';
import { deletesPod } from './deletes-pod.ts';

/** Names that a refusal lists; the rest is counted. */
const listed = 5;

/** Why the pod's emptyDir volumes must not go, or undefined when they are known to be empty. */
function objection(pod: PodFacts, observation: Observation): string | undefined {
  if (pod.emptyDirs.length === 0) return undefined;
  if (pod.containers.some(({ state }) => state === 'running'))
    return `something in ${pod.name} still runs and may write to its emptyDir volume(s) ${pod.emptyDirs.join(', ')}.`;
  const facts = seen(observation.emptyDirs) ?? [];
  for (const volume of pod.emptyDirs) {
    const files = facts.find((entry) => entry.podUid === pod.uid && entry.volume === volume)?.files;
    if (files === undefined) return `nobody has looked whether its emptyDir volume ${volume} holds files.`;
    if (!files.looked)
      return `whether its emptyDir volume ${volume} holds files could not be seen: ${files.why}.`;
    if (files.value.length === 0) continue;
    const names = files.value.slice(0, listed).join(', ');
    const more = files.value.length > listed ? ` and ${files.value.length - listed} more` : '';
    return `deleting ${pod.name} would delete what is in its emptyDir volume ${volume}: ${names}${more}.`;
  }
  return undefined;
}

/** A deleted pod takes its emptyDir volumes with it: it is deleted only when they are known to be empty. */
export const filesInEmptyDir = defineGuard({
  id: 'files-in-empty-dir',
  judge: (step, { observation }) => {
    if (!deletesPod(step)) return undefined;
    const pod = seen(observation.pods)?.find((entry) => entry.uid === step.target.uid);
    if (pod === undefined) {
      return { reason: 'The pod is not there any more.', advice: 'Nothing to do.', kind: 'wait' };
    }
    const why = objection(pod, observation);
    return why === undefined
      ? undefined
      : {
          reason: `${why.charAt(0).toUpperCase()}${why.slice(1)}`,
          advice:
            'The kubelet starts it again when the back-off is over; files that must stay belong on a volume claim.',
          kind: 'wait',
        };
  },
});
