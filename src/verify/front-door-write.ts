import type { WriteProbe } from '../domain/stack.ts';
import type { ProbeAnswer } from '../domain/verdict.ts';
import { frontDoorTrust } from '../observe/collectors/front-door.ts';
import type { ObserveContext } from '../observe/context.ts';
import { oneLine } from '../observe/look.ts';

/** Deadline of the write and of the read-back, ms; a synchronous standby has to confirm the commit. */
const deadlineMs = 5000;

/** Puts the fresh id in place of `${id}` in every string of a declared probe. */
export function withId<T>(value: T, id: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll('${id}', id)) as T;
}

/** How a request reaches the front door; undefined: none is known. */
async function wayTo(context: ObserveContext) {
  const door = context.stack.frontDoor;
  if (door === undefined) return undefined;
  const trust = await frontDoorTrust(context, door);
  const via = { address: door.address };
  return { urlOf: (path: string) => new URL(path, door.url).href, common: { trust, via, deadlineMs } };
}
type Way = NonNullable<Awaited<ReturnType<typeof wayTo>>>;

const noDoor = 'no front door is known';

/** What the front door says of a written row. */
interface ReadBack {
  readonly status: number;
  /** Why it is not the row; undefined: it is. */
  readonly failure: string | undefined;
}

async function readBackOf(
  { door }: ObserveContext,
  { urlOf, common }: Way,
  { headers, readBack = '' }: WriteProbe,
  id: string,
): Promise<ReadBack> {
  const { status, body } = await door.request({ url: urlOf(readBack), method: 'GET', headers, ...common });
  if (status !== 200) return { status, failure: `the written row was answered ${status} when read back` };
  const failure = body.includes(id) ? undefined : 'the written row was not in the answer when read back';
  return { status, failure };
}

async function attempt(context: ObserveContext, probe: WriteProbe, id: string): Promise<string | undefined> {
  const way = await wayTo(context);
  if (way === undefined) return noDoor;
  const own = withId(probe, id);
  const written = await context.door.request({
    url: way.urlOf(own.path),
    method: own.method,
    headers: { 'content-type': 'application/json', ...own.headers },
    body: JSON.stringify(own.body),
    ...way.common,
  });
  if (written.status !== own.expectStatus)
    return `the write was answered ${written.status} instead of ${own.expectStatus}`;
  if (own.readBack === undefined) return undefined;
  return (await readBackOf(context, way, own, id)).failure;
}

/** The row itself is said not to be there: anything else that is no 200 says something about the server. */
const isGone = (status: number) => status === 200 || status === 404 || status === 410;

/**
 * Whether an earlier write of this id is still there. `unknown` when nobody could be asked, the server answered with a fault of its own, or
 * no way to read it back is declared; never throws.
 */
export async function frontDoorRead(
  context: ObserveContext,
  probe: WriteProbe,
  id: string,
): Promise<ProbeAnswer> {
  const answered = (answer: ProbeAnswer['answer'], evidence: string): ProbeAnswer => ({
    answer,
    evidence,
    at: context.clock.now(),
  });
  if (probe.readBack === undefined) return answered('unknown', 'no way to read a write back is declared');
  try {
    const way = await wayTo(context);
    if (way === undefined) return answered('unknown', noDoor);
    const { status, failure } = await readBackOf(context, way, withId(probe, id), id);
    if (failure === undefined) return answered('yes', `write ${id} was read back through the front door`);
    return answered(isGone(status) ? 'no' : 'unknown', failure);
  } catch (error) {
    return answered('unknown', oneLine(error));
  }
}

/** One declared write through the front door, read back. `no` with the reason when it fails; never throws. */
export async function frontDoorWrite(
  context: ObserveContext,
  probe: WriteProbe,
  id: string,
): Promise<ProbeAnswer> {
  try {
    const failure = await attempt(context, probe, id);
    const evidence = failure ?? `write ${id} was committed and read back through the front door`;
    return { answer: failure === undefined ? 'yes' : 'no', evidence, at: context.clock.now() };
  } catch (error) {
    return { answer: 'no', evidence: oneLine(error), at: context.clock.now() };
  }
}
