import { isBackingOff } from '../../domain/crash-back-off.ts';
import { anyContainerRuns, workingContainers } from '../../domain/running-containers.ts';
import type { PodFacts } from '../../domain/observation.ts';
import { oneLine } from '../../observe/look.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import type { PlannedStep, StepName } from '../../domain/plan.ts';
import { isGone } from '../copy-out/waiting-pod.ts';
import { defineStep, type ActContext, type Step } from '../define-step.ts';
import { NothingTouched } from '../nothing-touched.ts';
import { newPodRuns, noNewPod, podPath } from './owned-pods.ts';

/** Why the pod, as it is right now, is to be left alone; undefined: it is not. */
type Objection = (pod: PodFacts, context: ActContext) => string | undefined | Promise<string | undefined>;

/** The version of the pod that may be deleted, or why it is to be left alone. */
async function current(
  planned: PlannedStep,
  context: ActContext,
  objection: Objection,
): Promise<{ readonly version: string } | string> {
  const object = await context.reader.get(podPath(planned));
  if (object === undefined || object.metadata.uid !== planned.target.uid)
    return 'the pod was replaced meanwhile';
  const reason = await objection(podFacts(object), context);
  return reason ?? { version: object.metadata.resourceVersion ?? '' };
}

/**
 * Deletes one pod whose controller makes it again, after a server-side rehearsal that it can be made. It is looked at once more right
 * before, and deleted only in the state that was seen then: the intent on disk may take seconds on a disk on which everything
 * starts, in which the kubelet starts the pod.
 */
export function restartPod(name: StepName, objection: Objection): Step {
  return defineStep({
    name,
    proofMs: 30_000,
    precondition: async (planned, context) => {
      const found = await current(planned, context, objection);
      return typeof found === 'string' ? found : noNewPod(planned, context.writer);
    },
    run: async (planned, context) => {
      const { namespace = '', name: pod, uid = '' } = planned.target;
      const found = await current(planned, context, objection).catch(
        (error: unknown) => `it could not be checked right before acting: ${oneLine(error)}`,
      );
      if (typeof found === 'string') throw new NothingTouched(found);
      try {
        await context.writer.deletePod({ namespace, name: pod, uid, version: found.version });
      } catch (error) {
        if (!(error instanceof Error && error.name === 'Conflict')) throw error;
        // A deletion whose connection broke is sent twice, and finds its own trace.
        if (!(await isGone(planned, context)))
          throw new NothingTouched('the pod changed right before it was to be deleted');
      }
      return `deleted pod ${pod}`;
    },
    probe: newPodRuns,
  });
}

export const restartCrashLoopingPod = restartPod('restart-crash-looping-pod', (pod) => {
  if (!isBackingOff(pod)) return 'it runs again by itself';
  const working = workingContainers(pod);
  return working.length === 0
    ? undefined
    : `something in it runs and would end with it: ${working.join(', ')}`;
});

export const restartStuckPod = restartPod('restart-stuck-pod', (pod) =>
  anyContainerRuns(pod) ? 'it runs again by itself' : undefined,
);
