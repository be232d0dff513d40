import { collectFrontDoor } from '../../observe/collectors/front-door.ts';
import { answer, defineStep } from '../define-step.ts';

/** Reloads nginx in k3d's load balancer: new workers have no memory of refused upstreams, open connections stay. */
export const reloadLoadBalancer = defineStep({
  name: 'reload-load-balancer',
  proofMs: 5000,
  precondition: async (planned, { provider, stack }) => {
    const balancer = (await provider.containers(stack.cluster.name)).find(
      (entry) => entry.id === planned.target.uid,
    );
    return balancer?.state === 'running' ? undefined : 'the load balancer does not run';
  },
  run: async (planned, { provider }) => {
    await provider.reloadLoadBalancer(planned.target.uid ?? planned.target.name);
    return `nginx -s reload in ${planned.target.name}`;
  },
  probe: async (_planned, context) => {
    const door = context.stack.frontDoor;
    if (door === undefined)
      return { answer: 'unknown', evidence: 'no front door is known', at: context.clock.now() };
    const { answer: got } = await collectFrontDoor(context, door);
    return answer(
      context,
      'status' in got,
      'status' in got ? `the front door answers ${got.status}` : got.error,
    );
  },
});
