import { backingOff, isBackingOff, remainingBackOff } from '../../domain/crash-back-off.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { anyContainerRuns } from '../../domain/running-containers.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import type { ActContext } from '../define-step.ts';
import { podPath } from '../steps/owned-pods.ts';

/** A pod is only deleted while its back-off lasts at least so long: what the API says of it is a moment old, s. */
const marginSeconds = 3;

/** A pod that waits out its back-off, as the API has it now. */
export interface WaitingPod {
  readonly pod: PodFacts;
  /** `resourceVersion` of the object that was read. */
  readonly version: string;
}

/** The pod as it is now, or why its files are not to be moved. Throws when the API gives no answer. */
export async function waitingPod(
  planned: PlannedStep,
  { reader }: Pick<ActContext, 'reader'>,
): Promise<WaitingPod | string> {
  const object = await reader.get(podPath(planned));
  if (object === undefined || object.metadata.uid !== planned.target.uid)
    return 'the pod was replaced meanwhile';
  const pod = podFacts(object);
  if (pod.deleting) return 'it is being deleted';
  if (anyContainerRuns(pod)) return 'a container of it runs';
  if (!isBackingOff(pod)) return 'it does not wait out a back-off any more';
  if (pod.emptyDirsInMemory.length > 0)
    return 'one of its volumes is kept in memory, where it cannot be copied';
  return { pod, version: object.metadata.resourceVersion ?? '' };
}

/** When each container ended last, as something that can be compared. */
function ends({ initContainers, containers }: PodFacts): string {
  const all = [...initContainers, ...containers];
  return JSON.stringify(all.map(({ name, restartCount, lastExit }) => [name, restartCount, lastExit]));
}

/** Why what was copied of a pod may not be all that it holds now, or will hold in a moment; undefined when it is. */
export function hasMovedOn(copied: PodFacts, now: PodFacts, at: number): string | undefined {
  if (ends(copied) !== ends(now)) return 'a container of it has run since';
  const left = Math.min(...backingOff(now).map((container) => remainingBackOff(container, at) ?? 0));
  return left < marginSeconds ? 'its back-off is about to end, or its end is not known' : undefined;
}

/** Whether the pod is deleted or about to be: then its files live in a copy only. Throws when the API gives no answer. */
export async function isGone(planned: PlannedStep, { reader }: Pick<ActContext, 'reader'>): Promise<boolean> {
  const { metadata } = (await reader.get(podPath(planned))) ?? {};
  return metadata?.uid !== planned.target.uid || metadata?.deletionTimestamp !== undefined;
}
