import { anyContainerRuns, workingContainers } from '../../domain/running-containers.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import type { StepName } from '../../domain/plan.ts';
import { defineStep, type Step } from '../define-step.ts';
import { newPodRuns, noNewPod, podPath } from './owned-pods.ts';

/** Deletes one pod (by uid) whose controller makes it again, after a server-side rehearsal that it can be made. */
function restartPod(
  name: StepName,
  stillNeeded: (pod: ReturnType<typeof podFacts>) => string | undefined,
): Step {
  return defineStep({
    name,
    proofMs: 30_000,
    precondition: async (planned, { reader, writer }) => {
      const object = await reader.get(podPath(planned));
      if (object === undefined || object.metadata.uid !== planned.target.uid)
        return 'the pod was replaced meanwhile';
      const reason = stillNeeded(podFacts(object));
      if (reason !== undefined) return reason;
      return noNewPod(planned, writer);
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

export const restartPooler = restartPod('restart-pooler', (pod) =>
  pod.deleting ? 'it is being deleted' : undefined,
);
