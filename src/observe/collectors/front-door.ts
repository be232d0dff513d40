import type { EdgePodFacts, FrontDoorFacts, PodFacts } from '../../domain/observation.ts';
import type { FrontDoor } from '../../domain/stack.ts';
import type { ObserveContext } from '../context.ts';
import { oneLine } from '../look.ts';

/** PEM certificate of the TLS Secret that the front door serves, trusted besides the system's CAs. */
export async function frontDoorTrust(
  context: Pick<ObserveContext, 'reader'>,
  door: FrontDoor,
): Promise<readonly string[]> {
  if (door.tlsSecret === undefined) return [];
  const certificate = await context.reader.secret({ ...door.tlsSecret, key: 'tls.crt' });
  return certificate === undefined ? [] : [certificate];
}

/** One GET through the published address, as a user's browser would send it. */
export async function collectFrontDoor(context: ObserveContext, door: FrontDoor): Promise<FrontDoorFacts> {
  const url = new URL(door.healthPath, door.url).href;
  const trust = await frontDoorTrust(context, door);
  try {
    const answer = await context.door.request({
      url,
      method: 'GET',
      trust,
      via: { address: door.address },
      deadlineMs: 3000,
    });
    return { url, answer: { status: answer.status } };
  } catch (error) {
    return { url, answer: { error: oneLine(error) } };
  }
}

async function askPod(
  context: ObserveContext,
  door: FrontDoor,
  pod: PodFacts,
  port: number,
): Promise<EdgePodFacts> {
  try {
    const stream = await context.reader.tunnel({ namespace: pod.namespace, pod: pod.name, port });
    const trust = await frontDoorTrust(context, door);
    const url = new URL(door.healthPath, door.url).href;
    const answer = await context.door.request({
      url,
      method: 'GET',
      trust,
      via: { stream },
      deadlineMs: 3000,
    });
    return { pod: pod.name, status: answer.status };
  } catch (error) {
    return { pod: pod.name, error: oneLine(error) };
  }
}

/** The web server pods behind the front door, each asked through a tunnel that does not pass the load balancer's upstreams. */
export function collectEdge(
  context: ObserveContext,
  door: FrontDoor,
  pods: readonly PodFacts[],
): Promise<readonly EdgePodFacts[]> {
  return Promise.all(pods.map((pod) => askPod(context, door, pod, door.podPort)));
}
