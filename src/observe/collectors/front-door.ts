import type { FrontDoorFacts } from '../../domain/observation.ts';
import type { FrontDoor } from '../../domain/stack.ts';
import type { ObserveContext } from '../context.ts';
import { oneLine } from '../look.ts';

/**
 * Visits made at once. nginx in k3d's load balancer has one worker a CPU and each remembers by itself which node
 * refused it (`max_fails`, nginx.org/en/docs/stream/ngx_stream_upstream_module.html): one visit would see one of them.
 */
const visits = 3;

/** Deadline of one visit, ms. */
const deadlineMs = 3000;

/** Certificates are renewed every few weeks, ms. */
const certificateMs = 20_000;

/** PEM certificate of the TLS Secret that the front door serves, trusted besides the system's CAs. */
export async function frontDoorTrust(
  { reader, kept }: Pick<ObserveContext, 'reader' | 'kept'>,
  door: FrontDoor,
): Promise<readonly string[]> {
  const { tlsSecret } = door;
  if (tlsSecret === undefined) return [];
  const certificate = await kept.ask(
    `certificate ${tlsSecret.namespace}/${tlsSecret.name}`,
    certificateMs,
    () => reader.secret({ ...tlsSecret, key: 'tls.crt' }),
    (pem) => pem !== undefined,
  );
  return certificate === undefined ? [] : [certificate];
}

/** A few GETs through the published address at once, as the first users after a boot would come. */
export async function collectFrontDoor(
  context: Pick<ObserveContext, 'reader' | 'door' | 'kept'>,
  door: FrontDoor,
): Promise<FrontDoorFacts> {
  const url = new URL(door.healthPath, door.url).href;
  const trust = await frontDoorTrust(context, door);
  const visit = () =>
    context.door.request({ url, method: 'GET', trust, via: { address: door.address }, deadlineMs });
  const results = await Promise.allSettled(Array.from({ length: visits }, visit));
  const statuses = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.status] : []));
  const [error] = results.flatMap((result) =>
    result.status === 'rejected' ? [oneLine(result.reason as unknown)] : [],
  );
  return {
    url,
    answer: error === undefined ? { status: Math.max(...statuses) } : { error },
    visits: { made: visits, answered: statuses.length },
  };
}
