import type { ObjectRef } from '../../domain/object-ref.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { ProbeAnswer } from '../../domain/verdict.ts';
import { askEveryServer } from '../../observe/collectors/dns.ts';
import { oneLine } from '../../observe/look.ts';
import { proofName } from '../measures/host-name.ts';
import { rolloutOf, type Rollout } from '../rollout.ts';
import { hasPods, objectPath, podsOf } from './object-place.ts';
import { betweenLooksMs, patienceMs, type HardenSession } from './session.ts';

type Proof = Pick<ProbeAnswer, 'answer' | 'evidence'>;

/** The kubelet renews a mounted ConfigMap within about 90 s, and CoreDNS looks for changes every 30 s, ms. */
const dnsMs = 180_000;

async function rollout(
  session: HardenSession,
  object: ObjectRef,
  before: readonly PodFacts[],
): Promise<Rollout> {
  const live = await session.context.reader.get(objectPath(object));
  if (live === undefined) return { state: 'failed', what: 'the object is gone' };
  const old = new Set(before.map(({ uid }) => uid));
  const pods = await podsOf(session, object);
  return rolloutOf(
    live,
    pods.filter(({ uid }) => !old.has(uid)),
  );
}

/** Every DNS server must have read the zone, and go on answering for the rest. */
async function dnsKnows({ context }: HardenSession): Promise<Proof> {
  const servers = await askEveryServer(context, proofName);
  const silent = servers.find(({ answers }) => !answers);
  if (servers.length > 0 && silent === undefined)
    return { answer: 'yes', evidence: `${servers.length} DNS server(s) answer for ${proofName}` };
  return { answer: 'no', evidence: silent?.why ?? 'there is no DNS server' };
}

async function workloadProof(
  session: HardenSession,
  object: ObjectRef,
  before: readonly PodFacts[],
): Promise<Proof & { readonly isFinal: boolean }> {
  const { state, what } = await rollout(session, object, before);
  return { answer: state === 'done' ? 'yes' : 'no', evidence: what, isFinal: state !== 'going' };
}

interface Asked {
  readonly ask: () => Promise<Proof & { readonly isFinal?: boolean }>;
  readonly withinMs: number;
}

/** Asks until the answer is final: a yes, or a failure that time does not mend; else the last answer when the time is over. */
async function untilFinal({ context }: HardenSession, { ask, withinMs }: Asked): Promise<Proof> {
  const { clock, signal } = context;
  const end = clock.monotonic() + withinMs;
  let last: Proof = { answer: 'unknown', evidence: 'not asked' };
  while (clock.monotonic() < end && !signal.aborted) {
    try {
      const { isFinal = false, ...proof } = await ask();
      last = proof;
      if (isFinal || proof.answer === 'yes') return proof;
    } catch (error) {
      last = { answer: 'unknown', evidence: oneLine(error) };
    }
    await clock.sleep(betweenLooksMs);
  }
  return last.answer === 'no'
    ? { ...last, evidence: `${last.evidence} after ${Math.round(withinMs / 1000)} s` }
    : last;
}

/** All new pods of a workload are ready; `before`: its pods before the change. */
export function rolledOut(
  session: HardenSession,
  object: ObjectRef,
  before: readonly PodFacts[],
): Promise<Proof> {
  return untilFinal(session, {
    ask: () => workloadProof(session, object, before),
    withinMs: patienceMs(session, object, before.length),
  });
}

/** What proves a change of this object besides the API's word that it holds it. */
export function proveChange(
  session: HardenSession,
  object: ObjectRef,
  before: readonly PodFacts[],
): Promise<Proof> {
  if (hasPods(object)) return rolledOut(session, object, before);
  if (object.kind === 'ConfigMap')
    return untilFinal(session, { ask: () => dnsKnows(session), withinMs: dnsMs });
  return Promise.resolve({ answer: 'yes', evidence: 'the API holds it' });
}
