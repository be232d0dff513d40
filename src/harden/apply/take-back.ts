import type { ObjectRef } from '../../domain/object-ref.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { fieldManagers } from '../fields/managed-fields.ts';
import { configurationBefore, fieldManager } from '../plan-hardening.ts';
import { ofThisObject, patchesOf, type ObjectChange } from './object-change.ts';
import { journalled } from './journalled.ts';
import { hasPods, objectPath, podsOf } from './object-place.ts';
import { rolledOut } from './prove-change.ts';
import type { HardenSession } from './session.ts';

/** As it was before: what this program had applied then, or nothing; an object that it has made goes again. */
async function putBack(
  { context: { reader, writer } }: HardenSession,
  { object, measures }: ObjectChange,
  live: KubeObject | undefined,
): Promise<string> {
  const path = objectPath(object);
  const now = await reader.get(path);
  if (now === undefined) return 'the object is gone';
  if (live === undefined && fieldManagers(now).every(({ manager }) => manager === fieldManager)) {
    const { uid, resourceVersion: version = '' } = now.metadata;
    await writer.deleteObject({ path, uid, version });
    return 'deleted what had been made';
  }
  const fields = ofThisObject(configurationBefore(live, object, patchesOf(measures)), now);
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

/** What there was when a change was made. */
export interface Before {
  /** Undefined: the object was not there. */
  readonly live: KubeObject | undefined;
  /** Its pods. */
  readonly before: readonly PodFacts[];
}

/** Takes a change back that was not proven, and says whether that came to its end. */
export async function takeBack(
  session: HardenSession,
  change: ObjectChange,
  { live, before }: Before,
): Promise<{ readonly isBack: boolean; readonly detail: string }> {
  const { object, measures } = change;
  const during = await podsOf(session, object);
  const { verified } = await journalled(
    session,
    { change: 'take-back', target: object, measures: measures.map(({ id }) => id), patches: {} },
    async () => ({ value: undefined, did: await putBack(session, change, live) }),
  );
  await deleteBroken(session, object, before);
  const proof = hasPods(object)
    ? await rolledOut(session, object, during)
    : { answer: 'yes' as const, evidence: 'the API holds what was there before' };
  verified(proof);
  return { isBack: proof.answer === 'yes', detail: proof.evidence };
}
