import { answer, defineStep } from '../define-step.ts';

/** Starts a cluster of which nothing runs, by k3d itself: only it repairs host.k3d.internal and NodeHosts. */
export const startCluster = defineStep({
  name: 'start-cluster',
  proofMs: 90_000,
  precondition: async (_planned, { provider, stack }) => {
    const servers = (await provider.containers(stack.cluster.name)).filter(
      (entry) => entry.role === 'server',
    );
    return servers.some((entry) => entry.state === 'running') ? 'a server node runs' : undefined;
  },
  run: async (_planned, { provider, stack, signal }) => {
    await provider.startCluster(stack.cluster.name, signal);
    return `k3d cluster start ${stack.cluster.name}`;
  },
  probe: async (_planned, context) => {
    const nodes = await context.provider.containers(context.stack.cluster.name);
    const down = nodes.filter((entry) => entry.role !== 'other' && entry.state !== 'running');
    if (down.length > 0)
      return answer(context, false, `${down.map((entry) => entry.name).join(', ')} not running`);
    await context.reader.ready();
    return answer(context, true, 'every node container runs and the API answers');
  },
});
