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

async function readBackOf(
  context: ObserveContext,
  probe: WriteProbe,
  id: string,
): Promise<string | undefined> {
  const door = context.stack.frontDoor;
  if (door === undefined) return 'no front door is known';
  const { headers, readBack } = withId(probe, id);
  if (readBack === undefined) return undefined;
  const url = new URL(readBack, door.url).href;
  const trust = await frontDoorTrust(context, door);
  const via = { address: door.address };
  const read = await context.door.request({ url, method: 'GET', headers, trust, via, deadlineMs });
  if (read.status !== 200) return `the written row was answered ${read.status} when read back`;
  return read.body.includes(id) ? undefined : 'the written row was not in the answer when read back';
}

async function attempt(context: ObserveContext, probe: WriteProbe, id: string): Promise<string | undefined> {
  const door = context.stack.frontDoor;
  if (door === undefined) return 'no front door is known';
  const trust = await frontDoorTrust(context, door);
  const via = { address: door.address };
  const { method, path, headers, body, expectStatus } = withId(probe, id);
  const written = await context.door.request({
    url: new URL(path, door.url).href,
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    trust,
    via,
    deadlineMs,
  });
  if (written.status !== expectStatus)
    return `the write was answered ${written.status} instead of ${expectStatus}`;
  return readBackOf(context, probe, id);
}

/**
 * Whether an earlier write of this id is still there. `unknown` when nobody could be asked, or no way to read it back is
 * declared; never throws.
 */
export async function frontDoorRead(
  context: ObserveContext,
  probe: WriteProbe,
  id: string,
): Promise<ProbeAnswer> {
  const at = () => context.clock.now();
  if (probe.readBack === undefined)
    return { answer: 'unknown', evidence: 'no way to read a write back is declared', at: at() };
  try {
    const failure = await readBackOf(context, probe, id);
    const evidence = failure ?? `write ${id} was read back through the front door`;
    return { answer: failure === undefined ? 'yes' : 'no', evidence, at: at() };
  } catch (error) {
    return { answer: 'unknown', evidence: oneLine(error), at: at() };
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
