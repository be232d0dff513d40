import { podFacts } from '../../observe/pod-facts.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';

/** The very pod that was planned; undefined when it is gone or its name belongs to another one. */
async function current({ target }: PlannedStep, { reader }: Pick<ActContext, 'reader'>) {
  const object = await reader.get(`/api/v1/namespaces/${target.namespace ?? ''}/pods/${target.name}`);
  return object?.metadata.uid === target.uid && object !== undefined ? podFacts(object) : undefined;
}

/** Removes the entry of a failed pod; one that is anything else by now is left alone. */
export const deleteLeftOverPod = defineStep({
  name: 'delete-left-over-pod',
  proofMs: 10_000,
  precondition: async (planned, context) => {
    const pod = await current(planned, context);
    if (pod === undefined) return 'it is gone already';
    return pod.phase === 'Failed' ? undefined : `its phase is ${pod.phase} by now`;
  },
  run: async ({ target }, { writer }) => {
    const { namespace = '', name, uid = '' } = target;
    await writer.deletePod({ namespace, name, uid });
    return `deleted the entry of pod ${name}`;
  },
  probe: async (planned, context) => {
    const pod = await current(planned, context);
    return answer(
      context,
      pod === undefined,
      pod === undefined ? 'the entry is gone' : 'the entry is still there',
    );
  },
});
