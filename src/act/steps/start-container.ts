import type { StepName } from '../../domain/plan.ts';
import { answer, defineStep, type Step } from '../define-step.ts';

/** Starts one stopped container of the cluster; harmless when it runs already. */
function startContainer(name: StepName): Step {
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
      return answer(
        context,
        container?.state === 'running',
        `${planned.target.name} is ${container?.state ?? 'gone'}`,
      );
    },
  });
}

export const startNode = startContainer('start-node');
export const startLoadBalancer = startContainer('start-load-balancer');
