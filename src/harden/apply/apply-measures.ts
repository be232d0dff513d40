import type { StoredEvent } from '../../domain/journal-event.ts';
import { refText } from '../../domain/object-ref.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { Measure } from '../measure.ts';
import type { PlannedMeasure } from '../plan-hardening.ts';
import { applyObject } from './apply-object.ts';
import { timed, type HardenResult } from './harden-result.ts';
import { applyPolicy } from './restart-policy.ts';
import { judgeNow } from '../../app/judge-now.ts';
import type { HardenSession } from './session.ts';
import { unprovenMeasures } from './unproven.ts';

/** Measures of one object, in the order in which the objects first come. */
function byObject(measures: readonly Measure[]): readonly (readonly [Measure, ...Measure[]])[] {
  const groups = new Map<string, [Measure, ...Measure[]]>();
  for (const measure of measures) {
    const key = refText(measure.object);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [measure]);
    else group.push(measure);
  }
  return [...groups.values()];
}

const refused = (
  session: HardenSession,
  group: readonly [Measure, ...Measure[]],
  why: string,
): HardenResult =>
  timed(
    session.context.clock,
    group[0].object,
    group.map(({ id }) => id),
  )('refused', why);

function ownerWords({ owners }: PlannedMeasure): string {
  const managers = [...new Set(owners.map(({ manager }) => manager))].join(', ');
  return `${managers} has set ${owners.map(({ field }) => field).join(', ')}; nothing of others is written over. Change it there: --output DIR writes the patch.`;
}

/** What this needs of what was planned and looked at. */
export interface ApplyInput {
  readonly planned: readonly PlannedMeasure[];
  readonly lives: ReadonlyMap<string, KubeObject>;
  /** What the journal has. */
  readonly events: readonly StoredEvent[];
}

/** What is proposed, and what a run has applied that ended before the proof: that is proven now, or taken back. */
function openMeasures({ planned, events }: ApplyInput): readonly Measure[] {
  const unproven = unprovenMeasures(events);
  return planned
    .filter(({ state, measure }) => state === 'proposed' || (state === 'applied' && unproven.has(measure.id)))
    .map(({ measure }) => measure);
}

async function inOrder(session: HardenSession, input: ApplyInput): Promise<readonly HardenResult[]> {
  const results: HardenResult[] = [];
  let stopped: string | undefined;
  for (const group of byObject(openMeasures(input))) {
    if (session.context.signal.aborted) stopped ??= 'the run was interrupted.';
    if (stopped !== undefined) {
      results.push(refused(session, group, stopped));
      continue;
    }
    const [first] = group;
    const judged = input.lives.get(refText(first.object));
    const result =
      first.change.by === 'engine'
        ? await applyPolicy(session, first)
        : await applyObject(session, { object: first.object, measures: group, judged });
    results.push(result);
    if (result.outcome === 'taken-back' || result.outcome === 'failed')
      stopped = `nothing more is changed after ${result.target} ${result.outcome === 'failed' ? 'failed' : 'was taken back'}.`;
  }
  return results;
}

/** What came of it, and the verdict that it was begun on. */
export interface Applied {
  readonly verdict: Verdict;
  readonly results: readonly HardenResult[];
}

/**
 * Applies what is proposed, one object after the other, each with its proof: only to a stack that is healthy, for a stack that
 * is not would be judged by a change that has nothing to do with it. Stops at the first that is not proven.
 */
export async function applyMeasures(session: HardenSession, input: ApplyInput): Promise<Applied> {
  const owned = input.planned.filter(({ state }) => state === 'owned');
  const refusals = owned.map((entry) => refused(session, [entry.measure], ownerWords(entry)));
  const { verdict } = await judgeNow(session);
  const open = openMeasures(input);
  if (verdict.state !== 'healthy') {
    const why = `the stack is not healthy: ${verdict.sentence} Bring it up first: rekindle up.`;
    return {
      verdict,
      results: [...refusals, ...byObject(open).map((group) => refused(session, group, why))],
    };
  }
  return { verdict, results: [...refusals, ...(await inOrder(session, input))] };
}
