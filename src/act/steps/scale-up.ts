import type { PlannedStep } from '../../domain/plan.ts';
import { workloadFacts } from '../../observe/workload-facts.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { NothingTouched } from '../nothing-touched.ts';

/** REST path of the workload itself; Deployments and StatefulSets only. */
function workloadPath({ target }: PlannedStep): string {
  const kinds = target.kind === 'StatefulSet' ? 'statefulsets' : 'deployments';
  return `/apis/apps/v1/namespaces/${target.namespace ?? ''}/${kinds}/${target.name}`;
}

async function current(planned: PlannedStep, { reader }: Pick<ActContext, 'reader'>) {
  const object = await reader.get(workloadPath(planned));
  if (object === undefined) return undefined;
  const kind = planned.target.kind === 'StatefulSet' ? 'StatefulSet' : 'Deployment';
  return { version: object.metadata.resourceVersion ?? '', facts: workloadFacts(kind, object) };
}

/** Scales a workload from 0 to the planned number; one that somebody else has changed meanwhile is left alone. */
export const scaleUp = defineStep({
  name: 'scale-up',
  proofMs: 60_000,
  precondition: async (planned, context) => {
    const workload = await current(planned, context);
    if (workload === undefined) return 'it is not there any more';
    return workload.facts.wanted === 0 ? undefined : 'it is not scaled to 0 any more';
  },
  run: async (planned, context) => {
    const workload = await current(planned, context);
    if (workload?.facts.wanted !== 0) throw new NothingTouched('it was changed meanwhile');
    const { kind, namespace = '', name } = planned.target;
    const replicas = Number(planned.parameters['replicas']);
    const version = workload.version;
    await context.writer.scale({ kind, namespace, name, replicas, version });
    return `scaled ${name} from 0 to ${replicas}`;
  },
  probe: async (planned, context) => {
    const ready = (await current(planned, context))?.facts.ready ?? 0;
    return answer(context, ready > 0, `${ready} pod(s) of ${planned.target.name} are ready`);
  },
});
