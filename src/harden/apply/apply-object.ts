import { refText, type ObjectRef } from '../../domain/object-ref.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { oneLine } from '../../observe/look.ts';
import type { Fields } from '../fields/fields.ts';
import { appliedBy, fieldManagers } from '../fields/managed-fields.ts';
import { mergeFields } from '../fields/merge-fields.ts';
import type { Measure } from '../measure.ts';
import { configurationWith, fieldManager, identityOf } from '../plan-hardening.ts';
import { filesAtRisk } from './files-at-risk.ts';
import { timed, type HardenResult } from './harden-result.ts';
import { journalled } from './journalled.ts';
import { hasPods, objectPath, podsOf } from './object-place.ts';
import { proveChange, rolledOut } from './prove-change.ts';
import { healthyWithin, type HardenSession } from './session.ts';

/** The measures of one object, which are applied together. */
export interface ObjectChange {
  readonly object: ObjectRef;
  readonly measures: readonly Measure[];
  /** The object when it was judged; undefined: it was not there. */
  readonly judged: KubeObject | undefined;
}

/** A patch of each measure, by its id. */
export function patchesOf(measures: readonly Measure[]): Readonly<Record<string, Fields>> {
  return Object.fromEntries(
    measures.flatMap(({ id, change }) => (change.by === 'patch' ? [[id, change.patch] as const] : [])),
  );
}

/** Names the very object; its uid makes the API refuse another one of the same name. */
export function ofThisObject(fields: Fields, live: KubeObject | undefined): Fields {
  return live === undefined ? fields : mergeFields(fields, { metadata: { uid: live.metadata.uid } });
}

interface Ready {
  readonly live: KubeObject | undefined;
  readonly before: readonly PodFacts[];
  readonly fields: Fields;
}

const generationOf = (object: KubeObject | undefined) =>
  (object?.metadata as { readonly generation?: number } | undefined)?.generation;

/** Looks once more right before acting; a sentence is a reason to leave the object alone. */
async function prepare(
  session: HardenSession,
  { object, measures, judged }: ObjectChange,
): Promise<Ready | string> {
  const { reader, writer } = session.context;
  const path = objectPath(object);
  const live = await reader.get(path);
  if (live?.metadata.uid !== judged?.metadata.uid || generationOf(live) !== generationOf(judged))
    return 'it was changed since it was looked at; look again';
  const before = await podsOf(session, object);
  if (hasPods(object)) {
    const risk = await filesAtRisk(session, before);
    if (risk !== undefined)
      return `${risk}. Move them to a volume claim, or apply the patch with your next release`;
  }
  const patches = Object.entries(patchesOf(measures)).map(([id, patch]) => ({ id, patch }));
  const fields = ofThisObject(configurationWith(live, object, patches), live);
  try {
    await writer.apply({ path, manager: fieldManager, object: fields, dryRun: true });
  } catch (error) {
    return `the API refuses it in a rehearsal: ${oneLine(error)}`;
  }
  return { live, before, fields };
}

/** As it was before: what this program had applied then, or nothing; an object that it has made goes again. */
async function putBack(
  session: HardenSession,
  object: ObjectRef,
  live: KubeObject | undefined,
): Promise<string> {
  const { reader, writer } = session.context;
  const path = objectPath(object);
  const now = await reader.get(path);
  if (now === undefined) return 'the object is gone';
  if (live === undefined && fieldManagers(now).every(({ manager }) => manager === fieldManager)) {
    const { uid, resourceVersion: version = '' } = now.metadata;
    await writer.deleteObject({ path, uid, version });
    return 'deleted what had been made';
  }
  const own = live === undefined ? undefined : appliedBy(live, fieldManager);
  const fields = ofThisObject(
    own === undefined ? identityOf(object) : mergeFields(own, identityOf(object)),
    now,
  );
  await writer.apply({ path, manager: fieldManager, object: fields });
  return 'applied what was there before';
}

/**
 * A StatefulSet does not replace a pod that is not ready, not even by a template that is mended (kubernetes.io, StatefulSets,
 * Forced rollback): those that came with the change and are not ready are deleted.
 */
async function deleteBroken(
  session: HardenSession,
  object: ObjectRef,
  before: readonly PodFacts[],
): Promise<void> {
  if (object.kind !== 'StatefulSet') return;
  const old = new Set(before.map(({ uid }) => uid));
  const broken = (await podsOf(session, object)).filter(
    ({ uid, ready, deleting }) => !old.has(uid) && !ready && !deleting,
  );
  for (const { namespace, name, uid } of broken)
    await session.context.writer.deletePod({ namespace, name, uid });
}

/** Takes a change back that was not proven, and says whether that came to its end. */
async function takeBack(
  session: HardenSession,
  { object, measures }: ObjectChange,
  { live, before }: Ready,
): Promise<{ readonly isBack: boolean; readonly detail: string }> {
  const during = await podsOf(session, object);
  const { verified } = await journalled(
    session,
    { change: 'take-back', target: object, measures: measures.map(({ id }) => id), patches: {} },
    async () => ({ value: undefined, did: await putBack(session, object, live) }),
  );
  await deleteBroken(session, object, before);
  const proof = hasPods(object)
    ? await rolledOut(session, object, during)
    : { answer: 'yes' as const, evidence: 'the API holds what was there before' };
  verified(proof);
  return { isBack: proof.answer === 'yes', detail: proof.evidence };
}

/** The change is proven by itself, and the stack is usable after it. */
async function whyNotProven(session: HardenSession, object: ObjectRef, { before }: Ready) {
  const proof = await proveChange(session, object, before);
  if (proof.answer !== 'yes') return { proof, failure: proof.evidence };
  const verdict = await healthyWithin(session);
  const evidence = `${proof.evidence}; ${verdict.sentence}`;
  return verdict.state === 'healthy'
    ? { proof: { answer: 'yes' as const, evidence } }
    : { proof: { answer: 'no' as const, evidence }, failure: evidence };
}

/**
 * Applies the measures of one object: rehearsal, intention on disk, change, proof. What is not proven is taken back at once.
 * Interrupted, it leaves the change where it is and says so. Throws only what keeps the journal from being written.
 */
export async function applyObject(session: HardenSession, change: ObjectChange): Promise<HardenResult> {
  const { object, measures } = change;
  const ids = measures.map(({ id }) => id);
  const result = timed(session.context.clock, object, ids);
  const ready = await prepare(session, change).catch((error: unknown) => oneLine(error));
  if (typeof ready === 'string') return result('refused', `${ready}.`);
  session.log.say(`${refText(object)}: ${ids.join(', ')}`);
  const previous = ready.live === undefined ? undefined : appliedBy(ready.live, fieldManager);
  const intention = { change: 'apply', target: object, measures: ids, patches: patchesOf(measures) } as const;
  let made;
  try {
    made = await journalled(session, { ...intention, ...(previous && { previous }) }, async () => ({
      value: await session.context.writer.apply({
        path: objectPath(object),
        manager: fieldManager,
        object: ready.fields,
      }),
      did: `applied as ${fieldManager}`,
    }));
  } catch (error) {
    return result('failed', `${oneLine(error)}. Look whether it was applied: rekindle harden.`);
  }
  const { proof, failure } = await whyNotProven(session, object, ready);
  made.verified(proof);
  if (failure === undefined) return result('done', proof.evidence);
  if (session.context.signal.aborted)
    return result('failed', `interrupted before it was proven. To take it back: rekindle harden --undo`);
  try {
    const { isBack, detail } = await takeBack(session, change, ready);
    const words = `not proven: ${failure}. ${isBack ? 'It is as it was before' : `Going back is not complete: ${detail}`}.`;
    return result(isBack ? 'taken-back' : 'failed', words);
  } catch (error) {
    return result('failed', `not proven: ${failure}. It could not be taken back: ${oneLine(error)}`);
  }
}
