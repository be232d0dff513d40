import type { ObjectRef } from '../../domain/object-ref.ts';
import type { StoredEvent } from '../../domain/journal-event.ts';
import { oneLine } from '../../observe/look.ts';
import type { Measure } from '../measure.ts';
import { timed, type HardenResult } from './harden-result.ts';
import { journalled } from './journalled.ts';
import type { HardenSession } from './session.ts';

interface PolicyChange {
  readonly object: ObjectRef;
  readonly measure: string;
  readonly policy: string;
  readonly change: 'apply' | 'undo';
}

/** Sets the restart policy of a container of the cluster, and looks whether the engine has it. */
async function setPolicy(
  session: HardenSession,
  { object, measure, policy, change }: PolicyChange,
): Promise<HardenResult> {
  const { provider, stack, clock } = session.context;
  const result = timed(clock, object, [measure]);
  const current = async () =>
    (await provider.containers(stack.cluster.name)).find(({ id }) => id === object.uid)?.restartPolicy;
  try {
    const previous = await current();
    if (previous === undefined) return result('refused', 'the container is gone.');
    if (previous === policy && change === 'undo') return result('done', `its restart policy is ${policy}`);
    const intention = { change, target: object, measures: [measure], patches: {}, previous };
    const { verified } = await journalled(session, intention, async () => {
      await provider.setRestartPolicy(object.uid ?? '', policy);
      return { value: undefined, did: `docker update --restart ${policy} ${object.name}` };
    });
    const now = await current();
    const evidence = `its restart policy is ${now ?? 'not known'}`;
    verified({ answer: now === policy ? 'yes' : 'no', evidence });
    return result(now === policy ? 'done' : 'failed', `${evidence}, it was ${previous}`);
  } catch (error) {
    return result('failed', oneLine(error));
  }
}

/** Applies one measure of the engine. */
export function applyPolicy(session: HardenSession, { id, object, change }: Measure): Promise<HardenResult> {
  const policy = change.by === 'engine' ? change.policy : '';
  return setPolicy(session, { object, measure: id, policy, change: 'apply' });
}

/** A restart policy that this program has set, and the one before. */
export interface ChangedPolicy {
  readonly object: ObjectRef;
  readonly measure: string;
  readonly before: string;
}

/**
 * Restart policies that were set and not yet put back, by the journal: the first that was set on a container tells what its
 * owner had. An undo that was only intended, or failed, does not count.
 */
export function changedPolicies(events: readonly StoredEvent[]): readonly ChangedPolicy[] {
  const done = new Set(
    events.flatMap((event) =>
      event.type === 'harden-acted' && event.acted === 'done' ? [event.action] : [],
    ),
  );
  const changed = new Map<string, ChangedPolicy>();
  for (const event of events) {
    if (event.type !== 'harden-intended' || event.target.kind !== 'Container') continue;
    const { target, previous, measures } = event;
    const key = target.uid ?? target.name;
    if (event.change === 'undo' && done.has(event.action)) changed.delete(key);
    if (event.change === 'apply' && typeof previous === 'string' && !changed.has(key))
      changed.set(key, { object: target, measure: measures[0] ?? '', before: previous });
  }
  return [...changed.values()];
}

/** Gives a container the restart policy back that it had. */
export function undoPolicy(
  session: HardenSession,
  { object, measure, before }: ChangedPolicy,
): Promise<HardenResult> {
  return setPolicy(session, { object, measure, policy: before, change: 'undo' });
}
