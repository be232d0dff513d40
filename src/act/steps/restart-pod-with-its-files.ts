import { putBackByHand } from '../../domain/copy-out.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { escapedText, shownNames } from '../../domain/shown-name.ts';
import { oneLine } from '../../observe/look.ts';
import { awaitNextPod, runningNode, type Expected, type Place } from '../copy-out/next-pod.ts';
import { amount, type PodCopy } from '../copy-out/pod-copy.ts';
import { putCopyBack, type PutBack } from '../copy-out/put-copy-back.ts';
import { takeCopy } from '../copy-out/take-copy.ts';
import { hasMovedOn, isGone, waitingPod } from '../copy-out/waiting-pod.ts';
import { defineStep, type ActContext } from '../define-step.ts';
import { newPodRuns, noNewPod, podsOfOwner } from './owned-pods.ts';

/** The next pod with the files in it. */
interface Filled {
  readonly place: Place;
  readonly done: readonly PutBack[];
}

/** An error's first line, fit to be shown: it may name files. */
function cause(error: unknown): string {
  return escapedText(oneLine(error));
}

function byHand({ namespace }: PodFacts, { folder, volumes }: PodCopy, place?: Place): string {
  const archives = volumes.map(({ archive }) => archive);
  const next = place && { node: place.node.name, uid: place.pod.uid };
  return `its files are in ${folder}; to put them into the new pod: ${putBackByHand(archives, namespace, next)}`;
}

/** Copies the pod's files to disk. Throws when that was not possible; nothing was deleted then. */
async function copied(planned: PlannedStep, context: ActContext, pod: PodFacts): Promise<PodCopy> {
  const { clock, provider, signal } = context;
  try {
    const node = await runningNode(pod.node, context);
    const root = planned.parameters['copyOut'] ?? '';
    return await takeCopy({ pod, node, root, provider, signal, now: clock.now() });
  } catch (error) {
    throw new Error(`${cause(error)}; nothing was deleted`, { cause: error });
  }
}

/** Looks once more at all that may have changed while the copy was made, and deletes the very pod that was copied. */
async function deleteCopied(planned: PlannedStep, context: ActContext, pod: PodFacts): Promise<void> {
  const { namespace = '', name, uid = '' } = planned.target;
  const refused = await noNewPod(planned, context.writer);
  if (refused !== undefined) throw new Error(refused);
  const now = await waitingPod(planned, context);
  if (typeof now === 'string') throw new Error(now);
  const why = hasMovedOn(pod, now.pod, context.clock.now());
  if (why !== undefined) throw new Error(why);
  context.signal.throwIfAborted();
  await context.writer.deletePod({ namespace, name, uid, version: now.version });
}

/**
 * Returns when the copied pod is gone, whoever deleted it: its files then need the next one. Throws when it is still there,
 * and when nobody can say.
 */
async function replace(
  planned: PlannedStep,
  context: ActContext,
  { pod, copy }: { readonly pod: PodFacts; readonly copy: PodCopy },
): Promise<void> {
  try {
    await deleteCopied(planned, context, pod);
  } catch (error) {
    const gone = await isGone(planned, context).catch(() => undefined);
    if (gone === true) return;
    const state =
      gone === false
        ? `the pod is still there, and a copy of its files is in ${copy.folder}`
        : `whether the pod is still there is not known; if not, ${byHand(pod, copy)}`;
    throw new Error(`${cause(error)}; ${state}`, { cause: error });
  }
}

/** Puts the copy into the next pod. Throws with the way to do it by hand. */
async function fill(
  planned: PlannedStep,
  context: ActContext,
  { copy, ...expected }: Expected & { readonly copy: PodCopy },
): Promise<Filled> {
  let place: Place | undefined;
  try {
    place = await awaitNextPod(planned, context, expected);
    const target = { ...place, provider: context.provider };
    const done: PutBack[] = [];
    for (const volume of copy.volumes) done.push(await putCopyBack(target, volume));
    return { place, done };
  } catch (error) {
    const rest = `the old pod was deleted, ${byHand(expected.old, copy, place)}`;
    throw new Error(`${cause(error)}; ${rest}`, { cause: error });
  }
}

/** The files, the pods and the copy, and what was compared. */
function summary(old: PodFacts, copy: PodCopy, { place, done }: Filled): string {
  const all = copy.volumes.flatMap(({ entries }) => entries);
  const put = done.flatMap((volume) => volume.put);
  const left = done.flatMap((volume) => volume.left);
  const kept = left.length === 0 ? '' : `; left as the new pod has it: ${shownNames(left)}`;
  return (
    `copied ${amount(all)} of ${old.name} to ${copy.folder}, deleted the pod (uid ${old.uid}), put ${amount(put)} into ` +
    `${place.pod.name} and found each there with the digest, owner and mode that it had${kept}; the copy stays`
  );
}

/**
 * Deletes a pod that waits out its back-off and gives its files to the pod that takes its place. The pod is not deleted
 * before the copy was compared with a second look at the node and is on disk; the copy stays there whatever happens. Killed
 * before the deletion, nothing is lost and the next run begins anew; killed after it, the journal has an intent without an
 * outcome, and the next run says where the copy is and how to put it back.
 */
export const restartPodWithItsFiles = defineStep({
  name: 'restart-pod-with-its-files',
  proofMs: 30_000,
  precondition: async (planned, context) => {
    const found = await waitingPod(planned, context);
    if (typeof found === 'string') return found;
    return noNewPod(planned, context.writer);
  },
  run: async (planned, context) => {
    const found = await waitingPod(planned, context);
    if (typeof found === 'string') throw new Error(`${found}; nothing was deleted`);
    const { pod } = found;
    const known = new Set((await podsOfOwner(planned, context)).map(({ uid }) => uid));
    const copy = await copied(planned, context, pod);
    await replace(planned, context, { pod, copy });
    return summary(pod, copy, await fill(planned, context, { old: pod, known, copy }));
  },
  probe: newPodRuns,
});
