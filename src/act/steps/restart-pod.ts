import { anyContainerRuns, workingContainers } from '../../domain/running-containers.ts';
import type { PodFacts } from '../../domain/observation.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import type { StepName } from '../../domain/plan.ts';
import { defineStep, type ActContext, type Step } from '../define-step.ts';
import { newPodRuns, noNewPod, podPath } from './owned-pods.ts';

/** Why the pod, as it is right now, is to be left alone; undefined: it is not. */
type Objection = (pod: PodFacts, context: ActContext) => string | undefined | Promise<string | undefined>;

/** Deletes one pod (by uid) whose controller makes it again, after a server-side rehearsal that it can be made. */
export function restartPod(name: StepName, objection: Objection): Step {
  return defineStep({
    name,
    proofMs: 30_000,
    precondition: async (planned, context) => {
      const object = await context.reader.get(podPath(planned));
      if (object === undefined || object.metadata.uid !== planned.target.uid)
        return 'the pod was replaced meanwhile';
      const reason = await objection(podFacts(object), context);
      if (reason !== undefined) return reason;
      return noNewPod(planned, context.writer);
    },
    run: async (planned, { writer }) => {
      const { namespace = '', name: pod, uid = '' } = planned.target;
      await writer.deletePod({ namespace, name: pod, uid });
      return `deleted pod ${pod}`;
    },
    probe: newPodRuns,
  });
}

export const restartCrashLoopingPod = restartPod('restart-crash-looping-pod', (pod) => {
  if (!pod.containers.some(({ state }) => state === 'waiting')) return 'it runs again by itself';
  const working = workingContainers(pod);
  return working.length === 0
    ? undefined
    : `something in it runs and would end with it: ${working.join(', ')}`;
});

export const restartStuckPod = restartPod('restart-stuck-pod', (pod) =>
  anyContainerRuns(pod) ? 'it runs again by itself' : undefined,
);
