import { loadBalancerValues, withoutNames } from '../../domain/load-balancer-values.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import { isUnsteady } from '../../domain/unsteady-container.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { timeStamp } from '../../domain/time-stamp.ts';
import { readValues } from '../../observe/collectors/load-balancer.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { NothingTouched } from '../nothing-touched.ts';

/** The load balancer and the planned names that still have no container, or a sentence why it is left alone. */
async function situation(
  planned: PlannedStep,
  context: Pick<ActContext, 'provider' | 'stack' | 'clock'>,
): Promise<{ readonly balancer: NodeContainer; readonly gone: ReadonlySet<string> } | string> {
  const containers = await context.provider.containers(context.stack.cluster.name);
  const balancer = containers.find(({ id }) => id === planned.target.uid);
  if (balancer === undefined) return 'the load balancer is gone';
  if (!isUnsteady(balancer, context.clock.now())) return 'it runs by now';
  const known = new Set(containers.map(({ name }) => name));
  const names = (planned.parameters['names'] ?? '').split(' ').filter((name) => !known.has(name));
  return names.length === 0 ? 'the nodes are there again' : { balancer, gone: new Set(names) };
}

/**
 * Takes names without a container out of the list that k3d's load balancer is made from, and starts it anew. The old list is
 * put beside it first.
 */
export const dropGoneUpstreams = defineStep({
  name: 'drop-gone-upstreams',
  proofMs: 30_000,
  precondition: async (planned, context) => {
    const found = await situation(planned, context);
    return typeof found === 'string' ? found : undefined;
  },
  run: async (planned, context) => {
    const found = await situation(planned, context);
    if (typeof found === 'string') throw new NothingTouched(found);
    const { balancer, gone } = found;
    const old = await readValues(context, balancer);
    const now = context.clock.now();
    const next = withoutNames(old, gone);
    const { folder, name } = loadBalancerValues;
    const kept = `${name}.rekindle-${timeStamp(now)}`;
    await context.provider.writeFile(balancer.id, { folder, name: kept, bytes: Buffer.from(old) });
    await context.provider.writeFile(balancer.id, { folder, name, bytes: Buffer.from(next) });
    // The engine waits longer before each restart; nobody is served meanwhile.
    await context.provider.restartContainer(balancer.id);
    return `took ${[...gone].join(', ')} out of ${folder}/${name} of ${balancer.name}; the old list is ${kept}`;
  },
  probe: async (planned, context) => {
    const containers = await context.provider.containers(context.stack.cluster.name);
    const state = containers.find(({ id }) => id === planned.target.uid)?.state ?? 'gone';
    if (state !== 'running') return answer(context, false, `${planned.target.name} is ${state}`);
    await context.reader.ready();
    return answer(context, true, `${planned.target.name} runs and the API answers through it`);
  },
});
