import { isIPv4 } from 'node:net';

import { runningNodes } from '../../domain/running-nodes.ts';
import { hostName, withEntries } from '../../domain/host-names.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { NothingTouched } from '../nothing-touched.ts';

interface List {
  readonly text: string;
  readonly version: string;
}

/** The DNS's list of names as it is now; undefined when this DNS has none. */
async function listOf(
  { target }: PlannedStep,
  { reader }: Pick<ActContext, 'reader'>,
): Promise<List | undefined> {
  const map = await reader.get(`/api/v1/namespaces/${target.namespace ?? ''}/configmaps/${target.name}`);
  const text = (map?.['data'] as Readonly<Record<string, string>> | undefined)?.['NodeHosts'];
  return text === undefined ? undefined : { text, version: map?.metadata.resourceVersion ?? '' };
}

const holdsHost = ({ text }: List) => text.split(/\s+/).includes(hostName);

/** The nodes that run, and the host's address on their network. */
async function nodesAndHost({ provider, stack }: ActContext) {
  const containers = await provider.containers(stack.cluster.name);
  const nodes = runningNodes(containers);
  const address = nodes.find(({ gateway }) => gateway !== undefined)?.gateway;
  // It becomes part of a command on the nodes.
  if (address === undefined || !isIPv4(address))
    throw new Error("the host's address on the cluster's network is not known");
  return { nodes, address };
}

/**
 * Tells the DNS and the nodes the host's name, as k3d does at a start of its own: pods ask the DNS, and a node itself looks
 * into its /etc/hosts when it pulls an image from a registry on the host. CoreDNS reads the list within about two minutes
 * (kubelet's sync of a mounted ConfigMap, then the `hosts` plug-in's reload).
 */
export const restoreHostNames = defineStep({
  name: 'restore-host-names',
  proofMs: 5000,
  precondition: async (planned, context) => {
    const list = await listOf(planned, context);
    if (list === undefined) return 'the DNS of this cluster has no such list';
    return holdsHost(list) ? 'the name is there by now' : undefined;
  },
  run: async (planned, context) => {
    const list = await listOf(planned, context);
    if (list === undefined) throw new NothingTouched('the DNS of this cluster has no such list');
    const { nodes, address } = await nodesAndHost(context);
    const { namespace = '', name } = planned.target;
    const value = withEntries(list.text, [{ name: hostName, address }]);
    const { version } = list;
    await context.writer.setConfigMapKey({ namespace, name, key: 'NodeHosts', value, version });
    const line = `grep -q ' ${hostName}$' /etc/hosts || echo '${address} ${hostName}' >> /etc/hosts`;
    for (const { id } of nodes) await context.provider.runOnNode(id, ['sh', '-c', line]);
    return `${hostName} leads to ${address} again, in the DNS and on ${nodes.length} node(s)`;
  },
  probe: async (planned, context) => {
    const list = await listOf(planned, context);
    const isThere = list !== undefined && holdsHost(list);
    return answer(
      context,
      isThere,
      isThere ? 'NodeHosts holds the host' : 'NodeHosts does not hold the host',
    );
  },
});
