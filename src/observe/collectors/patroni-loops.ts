import { couldNotLook, saw } from '../../domain/looked.ts';
import type { DatabaseMember, PodFacts } from '../../domain/observation.ts';
import type { ObserveContext } from '../context.ts';
import { oneLine } from '../look.ts';

/** Port of Patroni's REST API in Spilo and by its own default (patroni.readthedocs.io, Settings, restapi). */
const restPort = 8008;

const deadlineMs = 1500;

/** A loop that stood still stays so: asked again after this time, ms. */
const repeatMs = 10_000;

/** A member that has started less than this ago is still becoming one, ms. */
const youngMs = 30_000;

type Loop = NonNullable<DatabaseMember['loop']>;

/**
 * `GET /liveness` of one member: 200 while its heartbeat loop runs, 503 when the last run is longer ago than the time to live
 * of the leader's lock, twice that on a replica (patroni.readthedocs.io, REST API, since 2.0). An older Patroni answers 404,
 * and any other answer says nothing.
 */
async function askLiveness(context: ObserveContext, { namespace, name }: PodFacts): Promise<Loop> {
  const from = `GET /liveness of Patroni in ${name}`;
  try {
    const stream = await context.reader.tunnel({ namespace, pod: name, port: restPort });
    const url = `http://${name}:${restPort}/liveness`;
    const request = { url, method: 'GET', trust: [], via: { stream }, deadlineMs } as const;
    const { status } = await context.door.request(request);
    const at = context.clock.now();
    if (status === 200) return saw('runs', from, at);
    return status === 503 ? saw('stands-still', from, at) : couldNotLook(`it answers ${status}`, from, at);
  } catch (error) {
    return couldNotLook(oneLine(error), from, context.clock.now());
  }
}

const wasSeen = ({ looked }: Loop): boolean => looked;

/** Whether the pod's containers run for long enough that Patroni should have become a member by now. */
function isGrown({ containers }: PodFacts, now: number): boolean {
  return (
    containers.length > 0 &&
    containers.every(
      ({ state, startedAt = Number.POSITIVE_INFINITY }) => state === 'running' && now - startedAt >= youngMs,
    )
  );
}

/**
 * Whether Patroni's own loop goes on, of those members that do not call themselves running although their pod does: a Patroni
 * that hangs leaves its last words in the annotation, keeps its pod ready, and follows nobody.
 */
export async function withLoops(
  context: ObserveContext,
  members: readonly DatabaseMember[],
  pods: readonly PodFacts[],
): Promise<readonly DatabaseMember[]> {
  const now = context.clock.now();
  return Promise.all(
    members.map(async (member) => {
      const pod = pods.find(({ name }) => name === member.pod);
      const isSilent = member.state !== undefined && member.state !== 'running';
      if (pod === undefined || !isSilent || !isGrown(pod, now)) return member;
      const ask = (): Promise<Loop> => askLiveness(context, pod);
      const loop = await context.kept.ask(`liveness ${pod.uid}`, repeatMs, ask, wasSeen);
      return { ...member, loop };
    }),
  );
}
