import { runningFor } from '../../domain/clock-skew.ts';
import { dnsAnswers } from '../../domain/dns-answers.ts';
import type { DnsFacts, NetworkCacheFacts, NodeContainer, PodFacts } from '../../domain/observation.ts';
import { isFresh, isOver } from '../../domain/pod-selection.ts';
import { runningNodes } from '../../domain/running-nodes.ts';
import type { ObserveContext } from '../context.ts';
import { look } from '../look.ts';
import { damagedNetworkCache } from '../network-cache.ts';

/** Most pods run this long after their node's start (lab: 5 to 14 s); before that nobody is stuck, ms. */
const patienceMs = 10_000;

const keptMs = 3000;

/** Nodes that run for a while and still have a pod that did not come back; a silent DNS may be on any of them. */
function suspects(
  nodes: readonly NodeContainer[],
  pods: readonly PodFacts[],
  dns: DnsFacts | undefined,
  now: number,
): readonly NodeContainer[] {
  return runningNodes(nodes).filter(
    (node) =>
      runningFor(node.startedAt, now) > patienceMs &&
      (!dnsAnswers(dns) ||
        pods.some((pod) => pod.node === node.name && !isOver(pod) && !isFresh(pod, nodes))),
  );
}

/** The network caches of nodes on which pods do not come back; every other node costs no look. */
export function collectNetworkCaches(
  context: ObserveContext,
  nodes: readonly NodeContainer[],
  pods: readonly PodFacts[],
  dns: DnsFacts | undefined,
): Promise<readonly NetworkCacheFacts[]> {
  const { clock, kept } = context;
  return Promise.all(
    suspects(nodes, pods, dns, clock.now()).map(async (node) => ({
      node: node.name,
      nodeId: node.id,
      damaged: await kept.ask<NetworkCacheFacts['damaged']>(
        `network cache ${node.id} ${node.startedAt}`,
        keptMs,
        () => look(clock, `network cache of ${node.name}`, () => damagedNetworkCache(context, node)),
        (answer) => answer.looked && answer.value.length === 0,
      ),
    })),
  );
}
