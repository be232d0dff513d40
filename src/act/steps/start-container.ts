import type { StepName } from '../../domain/plan.ts';
import { answer, defineStep, type ActContext, type Step } from '../define-step.ts';

/** Starts one stopped container of the cluster; harmless when it runs already. `works`: throws while what it is for does not work. */
function startContainer(name: StepName, works?: (context: ActContext) => Promise<void>): Step {
  return defineStep({
    name,
    proofMs: 30_000,
    precondition: async (planned, { provider, stack }) => {
      const container = (await provider.containers(stack.cluster.name)).find(
        (entry) => entry.id === planned.target.uid,
      );
      if (container === undefined) return 'the container is gone';
      return container.state === 'running' ? 'it runs already' : undefined;
    },
    run: async (planned, { provider }) => {
      await provider.startContainer(planned.target.uid ?? planned.target.name);
      return `docker start ${planned.target.name}`;
    },
    probe: async (planned, context) => {
      const containers = await context.provider.containers(context.stack.cluster.name);
      const container = containers.find((entry) => entry.id === planned.target.uid);
      const runs = container?.state === 'running';
      const state = `${planned.target.name} is ${container?.state ?? 'gone'}`;
      if (!runs || works === undefined) return answer(context, runs, state);
      await works(context);
      return answer(context, true, `${state}, and the API answers through it`);
    },
  });
}

export const startNode = startContainer('start-node');

/** nginx ends right after its start when it cannot find a node: that it ran for a moment proves nothing. */
export const startLoadBalancer = startContainer('start-load-balancer', ({ reader }) => reader.ready());
