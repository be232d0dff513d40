import { refText, type ObjectRef } from '../../domain/object-ref.ts';
import type { StoredEvent } from '../../domain/journal-event.ts';
import { oneLine } from '../../observe/look.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { isFields, type Fields } from '../fields/fields.ts';
import { appliedBy, fieldManagers } from '../fields/managed-fields.ts';
import type { PlannedMeasure } from '../plan-hardening.ts';
import { appliedMeasures, configurationWithout, fieldManager } from '../plan-hardening.ts';
import { ofThisObject } from './object-change.ts';
import { filesAtRisk } from './files-at-risk.ts';
import { timed, type HardenResult } from './harden-result.ts';
import { journalled } from './journalled.ts';
import { hasPods, objectPath, podsOf } from './object-place.ts';
import { rolledOut } from './prove-change.ts';
import { changedPolicies, undoPolicy } from './restart-policy.ts';
import type { HardenSession } from './session.ts';

/** What is to be taken back. */
export interface UndoInput {
  readonly lives: ReadonlyMap<string, KubeObject>;
  readonly planned: readonly PlannedMeasure[];
  readonly events: readonly StoredEvent[];
  /** Whether a measure is meant; undefined: all are, whoever remembers them. */
  readonly isMeant?: (id: string) => boolean;
}

/** The newest patch of a measure on an object that the journal knows, else the one that is proposed now. */
function patchOf(id: string, { events, planned }: UndoInput): Fields | undefined {
  const event = events.findLast(
    (entry) => entry.type === 'harden-intended' && Object.hasOwn(entry.patches, id),
  );
  const kept = event?.type === 'harden-intended' ? event.patches[id] : undefined;
  if (isFields(kept)) return kept;
  const change = planned.find(({ measure }) => measure.id === id)?.measure.change;
  return change?.by === 'patch' ? change.patch : undefined;
}

interface ObjectUndo {
  readonly object: ObjectRef;
  readonly live: KubeObject;
  readonly ids: readonly string[];
  readonly fields: Fields;
}

/** What has to be applied so that the meant measures are gone from an object; a sentence where that is not known. */
function undoOf(object: ObjectRef, live: KubeObject, input: UndoInput): ObjectUndo | string | undefined {
  if (appliedBy(live, fieldManager) === undefined) return undefined;
  const all = appliedMeasures(live);
  const { isMeant } = input;
  const ids = isMeant === undefined ? all : all.filter((id) => isMeant(id));
  if (ids.length === 0 && isMeant !== undefined) return undefined;
  if (ids.length === all.length) return { object, live, ids, fields: configurationWithout(live, object) };
  const patches = ids.flatMap((id) => {
    const patch = patchOf(id, input);
    return patch === undefined ? [] : [{ id, patch }];
  });
  if (patches.length < ids.length)
    return 'what exactly it changed is not known any more; take all measures of this object back (without --only)';
  return { object, live, ids, fields: configurationWithout(live, object, patches) };
}

/** An object that nobody else has put anything into was made by this program and goes as a whole. */
function isOursAlone(live: KubeObject): boolean {
  return fieldManagers(live).every(({ manager }) => manager === fieldManager);
}

async function withdraw(session: HardenSession, { object, live, ids, fields }: ObjectUndo): Promise<string> {
  const { writer } = session.context;
  const path = objectPath(object);
  if (isOursAlone(live) && ids.length === appliedMeasures(live).length) {
    const { uid, resourceVersion: version = '' } = live.metadata;
    await writer.deleteObject({ path, uid, version });
    return 'deleted it: nobody else had put anything into it';
  }
  await writer.apply({ path, manager: fieldManager, object: ofThisObject(fields, live) });
  return 'applied without them';
}

async function undoObject(session: HardenSession, undo: ObjectUndo): Promise<HardenResult> {
  const { object, ids } = undo;
  const result = timed(session.context.clock, object, ids);
  const before = await podsOf(session, object);
  const risk = hasPods(object) ? await filesAtRisk(session, before) : undefined;
  if (risk !== undefined) return result('refused', `${risk}. Move them to a volume claim first.`);
  session.log.say(`${refText(object)}: without ${ids.join(', ')}`);
  const intention = { change: 'undo', target: object, measures: ids, patches: {} } as const;
  const { verified, value: did } = await journalled(session, intention, async () => {
    const words = await withdraw(session, undo);
    return { value: words, did: words };
  });
  const proof = hasPods(object)
    ? await rolledOut(session, object, before)
    : { answer: 'yes' as const, evidence: did };
  verified(proof);
  return result(proof.answer === 'yes' ? 'done' : 'failed', proof.evidence);
}

/** Of containers that this cluster has: the journal may know others, of clusters that are gone. */
async function undoPolicies(
  session: HardenSession,
  { events, isMeant = () => true }: UndoInput,
): Promise<readonly HardenResult[]> {
  const { provider, stack, clock, signal } = session.context;
  const changed = changedPolicies(events).filter(({ measure }) => isMeant(measure));
  if (changed.length === 0) return [];
  let present: ReadonlySet<string>;
  try {
    present = new Set((await provider.containers(stack.cluster.name)).map(({ id }) => id));
  } catch (error) {
    // An engine that does not answer takes nothing away from what was done to objects.
    return changed.map(({ object, measure }) => timed(clock, object, [measure])('failed', oneLine(error)));
  }
  const results: HardenResult[] = [];
  for (const policy of changed)
    if (present.has(policy.object.uid ?? '') && !signal.aborted)
      results.push(await undoPolicy(session, policy));
  return results;
}

/**
 * Takes back what this program has applied, object by object, each until its new pods are ready: its fields, its annotation,
 * objects that it made, restart policies as the journal has them. It needs no healthy stack: it may be what heals it.
 */
export async function undoMeasures(
  session: HardenSession,
  input: UndoInput,
): Promise<readonly HardenResult[]> {
  const results: HardenResult[] = [];
  for (const live of input.lives.values()) {
    if (session.context.signal.aborted) break;
    const { namespace, name } = live.metadata;
    const kind = live.kind ?? '';
    const object = { kind, name, ...(namespace !== undefined && { namespace }) };
    const undo = undoOf(object, live, input);
    if (undo === undefined) continue;
    const failed = timed(session.context.clock, object, appliedMeasures(live));
    if (typeof undo === 'string') results.push(failed('refused', `${undo}.`));
    else
      results.push(
        await undoObject(session, undo).catch((error: unknown) => failed('failed', oneLine(error))),
      );
  }
  return [...results, ...(await undoPolicies(session, input))];
}
