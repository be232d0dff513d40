import { podFacts } from '../../observe/pod-facts.ts';
import type { PlannedStep, StepName } from '../../domain/plan.ts';
import { answer, defineStep, type ActContext, type Step } from '../define-step.ts';

const podPath = ({ target }: PlannedStep) =>
  `/api/v1/namespaces/${target.namespace ?? ''}/pods/${target.name}`;

async function siblings(planned: PlannedStep, context: ActContext) {
  const pods = await context.reader.list(`/api/v1/namespaces/${planned.target.namespace ?? ''}/pods`);
  return pods
    .map((object) => podFacts(object))
    .filter((pod) => pod.owner?.name === planned.parameters['owner']);
}

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
      await writer.rehearsePodCreation({
        namespace: planned.target.namespace ?? '',
        name: planned.target.name,
      });
      return undefined;
    },
    run: async (planned, { writer }) => {
      const { namespace = '', name: pod, uid = '' } = planned.target;
      await writer.deletePod({ namespace, name: pod, uid });
      return `deleted pod ${pod} (uid ${uid})`;
    },
    probe: async (planned, context) => {
      const first = (await siblings(planned, context)).find(
        (pod) =>
          pod.uid !== planned.target.uid &&
          pod.createdAt >= planned.evidenceAt - 1000 &&
          pod.containers.length > 0 &&
          pod.containers.every((container) => container.state === 'running'),
      );
      return answer(
        context,
        first !== undefined,
        first === undefined ? 'no new pod runs yet' : `${first.name} runs`,
      );
    },
  });
}

export const restartCrashLoopingPod = restartPod('restart-crash-looping-pod', (pod) =>
  pod.containers.some((container) => container.state === 'waiting') ? undefined : 'it runs again by itself',
);

export const restartStuckPod = restartPod('restart-stuck-pod', (pod) =>
  pod.containers.some(({ state }) => state === 'running') ? 'it runs again by itself' : undefined,
);

export const restartPooler = restartPod('restart-pooler', (pod) =>
  pod.deleting ? 'it is being deleted' : undefined,
);
