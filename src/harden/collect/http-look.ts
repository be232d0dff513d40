import { couldNotLook, type Looked } from '../../domain/looked.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { FrontDoor } from '../../domain/stack.ts';
import { frontDoorTrust } from '../../observe/collectors/front-door.ts';
import type { ObserveContext } from '../../observe/context.ts';
import { look } from '../../observe/look.ts';
import type { HealthLook, HttpLook } from '../inventory.ts';
import type { ContainerSpec } from '../workload-spec.ts';

/** Deadline of one GET, ms. */
const deadlineMs = 3000;

type Context = Pick<ObserveContext, 'reader' | 'door' | 'kept' | 'clock'>;

/** The number of a port that a probe names. */
export function portNumber({ ports }: ContainerSpec, port: string | number): number | undefined {
  if (typeof port === 'number') return port;
  return ports.find(({ name }) => name === port)?.containerPort;
}

interface Asked {
  readonly pod: PodFacts;
  readonly port: number;
  readonly url: URL;
  readonly trust: readonly string[];
}

/** One GET to the pod itself, as the kubelet sends it, without following a redirect. */
async function get({ reader, door }: Context, { pod, port, url, trust }: Asked): Promise<HttpLook> {
  const stream = await reader.tunnel({ namespace: pod.namespace, pod: pod.name, port });
  const { status, location } = await door.request({
    url: url.href,
    method: 'GET',
    trust,
    via: { stream },
    deadlineMs,
  });
  const path = `${url.pathname}${url.search}`;
  if (status < 300 || status >= 400 || location === undefined) return { path, status };
  const isLocal = new URL(location, url).hostname === url.hostname;
  return { path, status, location, isLocal };
}

/**
 * What a readiness probe by HTTP gets from this pod, or why it could not be asked; undefined: the container has none. `pod`: one
 * that is ready, where there is one.
 */
export async function lookAtProbe(
  context: Context,
  pod: PodFacts | undefined,
  container: ContainerSpec,
): Promise<Looked<HttpLook> | undefined> {
  const httpGet = container.readinessProbe?.httpGet;
  if (httpGet === undefined) return undefined;
  const notAsked = (why: string) =>
    couldNotLook<HttpLook>(why, `readiness probe of ${container.name}`, context.clock.now());
  if (httpGet.scheme === 'HTTPS')
    return notAsked('it asks by HTTPS, and other than the kubelet this program checks every certificate');
  if (pod?.ip === undefined) return notAsked('no pod of it is ready');
  const port = portNumber(container, httpGet.port);
  if (port === undefined) return notAsked(`the container names no port ${httpGet.port}`);
  const host = httpGet.host ?? (pod.ip.includes(':') ? `[${pod.ip}]` : pod.ip);
  const url = new URL(httpGet.path, `http://${host}:${port}`);
  return look(context.clock, `GET ${url.pathname} of ${pod.name}`, () =>
    get(context, { pod, port, url, trust: [] }),
  );
}

/** The front door's health path, asked of a pod of the front door, as a visitor would. */
export async function lookAtDoorPod(
  context: Context,
  pod: PodFacts,
  door: FrontDoor,
  container: string,
): Promise<HealthLook> {
  const url = new URL(door.healthPath, door.url);
  const trust = await frontDoorTrust(context, door);
  const answer = await look(context.clock, `GET ${door.healthPath} of ${pod.name}`, () =>
    get(context, { pod, port: door.podPort, url, trust }),
  );
  const scheme = url.protocol === 'https:' ? 'HTTPS' : 'HTTP';
  return { container, port: door.podPort, scheme, path: door.healthPath, from: healthFrom, answer };
}

const healthFrom = 'health path of the front door';

/** The same path asked of a web server behind it, without TLS. */
export async function lookAtWebPod(
  context: Context,
  pod: PodFacts,
  door: FrontDoor,
  container: ContainerSpec,
): Promise<HealthLook | undefined> {
  const port = container.ports[0]?.containerPort;
  if (port === undefined || pod.ip === undefined) return undefined;
  const url = new URL(door.healthPath, `http://${pod.ip}:${port}`);
  const answer = await look(context.clock, `GET ${door.healthPath} of ${pod.name}`, () =>
    get(context, { pod, port, url, trust: [] }),
  );
  return { container: container.name, port, scheme: 'HTTP', path: door.healthPath, from: healthFrom, answer };
}
