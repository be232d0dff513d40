import { isBackingOff, longestBackOffMs, startedAgainBy } from '../../domain/crash-back-off.ts';
import { seen } from '../../domain/looked.ts';
import type { FilesInFolder, Observation, PodFacts } from '../../domain/observation.ts';
import type { Refusal } from '../../domain/plan.ts';
import { anyContainerRuns } from '../../domain/running-containers.ts';
import { shownNames } from '../../domain/shown-name.ts';
import { clockTime } from '../../domain/time-stamp.ts';
import { defineGuard } from './define-guard.ts';
import { deletesPod } from './deletes-pod.ts';

type Objection = Pick<Refusal, 'reason' | 'kind'>;

/** Why it is not known what the pod's emptyDir volumes hold, or will hold in a moment; else what each holds. */
function contents(pod: PodFacts, observation: Observation): string | ReadonlyMap<string, FilesInFolder> {
  if (anyContainerRuns(pod))
    return `Something in ${pod.name} still runs and may write to its emptyDir volume(s) ${pod.emptyDirs.join(', ')}.`;
  const facts = seen(observation.emptyDirs) ?? [];
  const found = new Map<string, FilesInFolder>();
  for (const volume of pod.emptyDirs) {
    const files = facts.find((entry) => entry.podUid === pod.uid && entry.volume === volume)?.files;
    if (files === undefined) return `Nobody has looked whether its emptyDir volume ${volume} holds files.`;
    if (!files.looked)
      return `Whether its emptyDir volume ${volume} holds files could not be seen: ${files.why}.`;
    found.set(volume, files.value);
  }
  return found;
}

/** Why the pod's emptyDir volumes must not go; undefined when they may. `keeps`: the step keeps the files in them. */
function objection(pod: PodFacts, observation: Observation, keeps: boolean): Objection | undefined {
  const { ephemeralVolumes = [] } = pod;
  if (ephemeralVolumes.length > 0) {
    const reason = `Deleting ${pod.name} would delete its volume(s) ${ephemeralVolumes.join(', ')} as well, and what is in them cannot be seen.`;
    return { reason, kind: 'wait' };
  }
  if (pod.emptyDirs.length === 0) return undefined;
  const found = contents(pod, observation);
  if (typeof found === 'string') return { reason: found, kind: 'wait' };
  const full = [...found].filter(([, { names }]) => names.length > 0);
  if (full.length === 0 || keeps) return undefined;
  const lists = full.map(
    ([volume, { names, isWhole }]) => `its emptyDir volume ${volume}: ${shownNames(names, isWhole)}`,
  );
  return { reason: `Deleting ${pod.name} would delete what is in ${lists.join('; ')}.`, kind: 'choice' };
}

/** Until when the reader has to wait if nothing else is done. */
function untilWhen(pod: PodFacts, now: number): string {
  const until = startedAgainBy(pod);
  if (until === undefined)
    return `When the kubelet starts it again is not known; it waits ${longestBackOffMs / 60_000} minutes after a crash at most.`;
  return until > now
    ? `The kubelet starts it again by itself, at the latest about ${clockTime(until)}.`
    : 'The kubelet is about to start it again by itself.';
}

function advice(pod: PodFacts, { kind }: Objection, now: number): string {
  if (!isBackingOff(pod)) return 'Look what its volumes hold, then delete the pod by hand.';
  const wait = untilWhen(pod, now);
  return kind === 'choice'
    ? `${wait} Or name a folder to copy the files to: \`rekindle up --copy-out DIR\` restarts the pod, puts them back and compares them.`
    : `${wait} Files that must stay belong on a volume claim.`;
}

/**
 * A deleted pod takes its emptyDir and other ephemeral volumes with it: it is deleted only when they are known to be empty, or by a step that
 * keeps what was seen in them.
 */
export const filesInEmptyDir = defineGuard({
  id: 'files-in-empty-dir',
  judge: (step, { observation }) => {
    if (!deletesPod(step)) return undefined;
    const pod = seen(observation.pods)?.find((entry) => entry.uid === step.target.uid);
    if (pod === undefined) {
      return { reason: 'The pod is not there any more.', advice: 'Nothing to do.', kind: 'wait' };
    }
    const why = objection(pod, observation, step.step === 'restart-pod-with-its-files');
    return why === undefined ? undefined : { ...why, advice: advice(pod, why, observation.at) };
  },
});
