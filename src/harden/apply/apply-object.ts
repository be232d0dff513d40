import { refText } from '../../domain/object-ref.ts';
import { oneLine } from '../../observe/look.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { Fields } from '../fields/fields.ts';
import { configurationWith, fieldManager } from '../plan-hardening.ts';
import { filesAtRisk } from './files-at-risk.ts';
import { timed, type HardenResult } from './harden-result.ts';
import { journalled } from './journalled.ts';
import { ofThisObject, patchesOf, shapesOf, type ObjectChange } from './object-change.ts';
import { hasPods, objectPath, podsOf } from './object-place.ts';
import { proveChange } from './prove-change.ts';
import { healthyWithin, type HardenSession } from './session.ts';
import { takeBack, type Before } from './take-back.ts';

interface Ready extends Before {
  readonly fields: Fields;
}

const generationOf = (object: KubeObject | undefined) =>
  (object?.metadata as { readonly generation?: number } | undefined)?.generation;

const isReplacedByHand = (object: KubeObject | undefined) =>
  (object?.['spec'] as { readonly updateStrategy?: { readonly type?: string } } | undefined)?.updateStrategy
    ?.type === 'OnDelete';

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
  if (isReplacedByHand(live)) return 'its pods are replaced by hand only (updateStrategy OnDelete)';
  const before = await podsOf(session, object);
  if (hasPods(object)) {
    const risk = await filesAtRisk(session, before);
    if (risk !== undefined)
      return `${risk}. Move them to a volume claim, or apply the patch with your next release`;
  }
  const fields = ofThisObject(configurationWith(live, object, patchesOf(measures)), live);
  try {
    await writer.apply({ path, manager: fieldManager, object: fields, dryRun: true });
  } catch (error) {
    return `the API refuses it in a rehearsal: ${oneLine(error)}`;
  }
  return { live, before, fields };
}

/** The change is proven by itself, and the stack is usable after it. */
async function whyNotProven(session: HardenSession, { object }: ObjectChange, { before }: Before) {
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
  const intention = { change: 'apply', target: object, measures: ids, patches: shapesOf(measures) } as const;
  let made;
  try {
    made = await journalled(session, intention, async () => ({
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
  const { proof, failure } = await whyNotProven(session, change, ready);
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
