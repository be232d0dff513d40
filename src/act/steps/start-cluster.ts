import { oneLine } from '../../observe/look.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';

/** How often it is looked whether the cluster is up, ms. */
const lookEveryMs = 1000;

/**
 * How long the cluster has been up when k3d is not waited for any more, ms. What k3d does after the last node (its
 * load balancer, the names of the host in the DNS) takes it a few seconds (lab: 5).
 */
const patienceMs = 15_000;

/** Why the cluster is not up; undefined when every node container runs and the API answers. */
async function notUp({ provider, stack, reader }: ActContext): Promise<string | undefined> {
  const nodes = await provider.containers(stack.cluster.name);
  const down = nodes.filter((entry) => entry.role !== 'other' && entry.state !== 'running');
  if (down.length > 0) return `${down.map((entry) => entry.name).join(', ')} not running`;
  await reader.ready();
  return undefined;
}

/** Resolves when the cluster has been up for a while without a break, or when `signal` fires. */
async function upForAWhile(context: ActContext, signal: AbortSignal): Promise<void> {
  const { clock } = context;
  let since: number | undefined;
  while (!signal.aborted) {
    const reason = await notUp(context).catch(oneLine);
    since = reason === undefined ? (since ?? clock.monotonic()) : undefined;
    if (since !== undefined && clock.monotonic() - since >= patienceMs) return;
    await clock.sleep(lookEveryMs);
  }
}

/**
 * Starts a cluster of which nothing runs, by k3d itself: only it repairs host.k3d.internal and NodeHosts. k3d reads from
 * the nodes' logs that they are up (pkg/client/node.go, NodeWaitForLogMessage), and after a loss of power Docker may not
 * be able to read a log any more (NUL bytes in its JSON): so the cluster itself is asked as well.
 */
export const startCluster = defineStep({
  name: 'start-cluster',
  proofMs: 90_000,
  precondition: async (_planned, { provider, stack }) => {
    const servers = (await provider.containers(stack.cluster.name)).filter(
      (entry) => entry.role === 'server',
    );
    return servers.some((entry) => entry.state === 'running') ? 'a server node runs' : undefined;
  },
  run: async (_planned, context) => {
    const { provider, stack, signal } = context;
    const command = `k3d cluster start ${stack.cluster.name}`;
    const enough = new AbortController();
    const started = provider.startCluster(stack.cluster.name, AbortSignal.any([signal, enough.signal]));
    const ended = started.then(() => command);
    const isUp = upForAWhile(context, enough.signal).then(() => undefined);
    try {
      const first = await Promise.race([ended, isUp]);
      if (first !== undefined) return first;
      return `${command}; ended, because the cluster is up and k3d did not notice: host.k3d.internal may be missing`;
    } finally {
      enough.abort(new Error('the cluster is up'));
      await Promise.allSettled([started, isUp]);
    }
  },
  probe: async (_planned, context) => {
    const reason = await notUp(context);
    return answer(context, reason === undefined, reason ?? 'every node container runs and the API answers');
  },
});
