import type { PodFacts } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ProbeAnswer } from '../../domain/verdict.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import { answer, type ActContext } from '../define-step.ts';

/** REST path of the pod that a step is about. */
export function podPath({ target }: PlannedStep): string {
  return `/api/v1/namespaces/${target.namespace ?? ''}/pods/${target.name}`;
}

/** The pods of the planned pod's controller, itself among them while it is there. */
export async function podsOfOwner(
  { target, parameters }: PlannedStep,
  { reader }: Pick<ActContext, 'reader'>,
): Promise<readonly PodFacts[]> {
  const pods = await reader.list(`/api/v1/namespaces/${target.namespace ?? ''}/pods`);
  return pods
    .map((object) => podFacts(object))
    .filter((pod) => pod.owner !== undefined && pod.owner.name === parameters['owner']);
}

/** Why a pod in this one's place would be refused, by the API's own word from a rehearsal; undefined: it would be made. */
export async function noNewPod(
  { target: { namespace = '', name } }: PlannedStep,
  writer: Pick<ActContext['writer'], 'rehearsePodCreation'>,
): Promise<string | undefined> {
  const refusal = await writer.rehearsePodCreation({ namespace, name });
  return refusal === undefined ? undefined : `a new pod in its place would be refused: ${refusal}`;
}

const runs = ({ containers }: PodFacts): boolean =>
  containers.length > 0 && containers.every(({ state }) => state === 'running');

/** Whether this init container of the pod runs, or has done its work; how long that takes is its own affair. */
function initialises({ initContainers }: PodFacts, name: string | undefined): boolean {
  const init = initContainers.find((container) => container.name === name);
  return init?.state === 'running' || (init?.state === 'terminated' && init.exitCode === 0);
}

/** Proof of a restart: a pod that the controller has made since runs, or is past the init container that held the old one up. */
export async function newPodRuns(planned: PlannedStep, context: ActContext): Promise<ProbeAnswer> {
  const init = planned.parameters['initContainer'];
  const made = (await podsOfOwner(planned, context)).filter(
    (pod) => pod.uid !== planned.target.uid && pod.createdAt >= planned.evidenceAt - 1000,
  );
  const first = made.find((pod) => runs(pod) || initialises(pod, init));
  if (first === undefined) return answer(context, false, 'no new pod runs yet');
  return answer(context, true, runs(first) ? `${first.name} runs` : `${init ?? ''} of ${first.name} works`);
}
