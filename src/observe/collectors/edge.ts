import type { EdgeFacts, NodeContainer, PodFacts } from '../../domain/observation.ts';
import { runningNodes } from '../../domain/running-nodes.ts';
import type { FrontDoor } from '../../domain/stack.ts';
import type { DoorRequest } from '../../ports/front-door-client.ts';
import type { ObserveContext } from '../context.ts';
import { oneLine } from '../look.ts';
import { frontDoorTrust } from './front-door.ts';

/** Deadline of one request, ms. */
const deadlineMs = 2000;

/** How long it is remembered that this machine cannot reach the nodes' own addresses, ms. */
const unreachableMs = 60_000;

/** A node that says no is there; one from which nothing comes cannot be reached from here (Docker Desktop, rootless Docker). */
const saidNo = /ECONNREFUSED|ECONNRESET|socket hang up/;

interface Way {
  readonly kind: EdgeFacts['kind'];
  readonly name: string;
  readonly open: () => Promise<DoorRequest['via']>;
}

async function ask(
  context: ObserveContext,
  door: FrontDoor,
  { kind, name, open }: Way,
  trust: readonly string[],
): Promise<EdgeFacts> {
  const url = new URL(door.healthPath, door.url).href;
  try {
    const via = await open();
    const { status } = await context.door.request({ url, method: 'GET', trust, via, deadlineMs });
    return { kind, name, status };
  } catch (error) {
    return { kind, name, error: oneLine(error) };
  }
}

function nodePorts(nodes: readonly NodeContainer[], port: number): readonly Way[] {
  return runningNodes(nodes).flatMap(({ name, addresses: [address] }) =>
    address === undefined
      ? []
      : [
          {
            kind: 'Node' as const,
            name,
            open: () => Promise.resolve({ address: `${address}:${port}` }),
          },
        ],
  );
}

function tunnels(context: ObserveContext, door: FrontDoor, pods: readonly PodFacts[]): readonly Way[] {
  return pods.map(({ namespace, name }) => ({
    kind: 'Pod' as const,
    name,
    open: async () => ({
      stream: await context.reader.tunnel({ namespace, pod: name, port: door.podPort }),
    }),
  }));
}

/** Whether every node said something, if only no. */
function reachable(answers: readonly EdgeFacts[]): boolean {
  return answers.some((answer) => answer.error === undefined || saidNo.test(answer.error));
}

/**
 * The web server asked past the load balancer. By the nodes' ports where this machine reaches them: they are what the
 * load balancer itself connects to, so their answer says that a visit would succeed now. Else by a tunnel to each pod.
 */
export async function collectEdge(
  context: ObserveContext,
  door: FrontDoor,
  nodes: readonly NodeContainer[],
  pods: readonly PodFacts[],
): Promise<readonly EdgeFacts[]> {
  const trust = await frontDoorTrust(context, door);
  const all = (ways: readonly Way[]) => Promise.all(ways.map((way) => ask(context, door, way, trust)));
  const ways = door.nodePort === undefined ? [] : nodePorts(nodes, door.nodePort);
  // The kept answer is the bad one here: a machine that cannot reach the nodes does not learn it within a minute.
  const unreachable: readonly EdgeFacts[] = [];
  const answers =
    ways.length === 0
      ? unreachable
      : await context.kept.ask(
          'node ports are out of reach',
          unreachableMs,
          async () => {
            const got = await all(ways);
            return reachable(got) ? got : unreachable;
          },
          (got) => got.length === 0,
        );
  return answers.length > 0 ? answers : all(tunnels(context, door, pods));
}
