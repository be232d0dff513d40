import { refText } from '../domain/object-ref.ts';
import { readinessChecks } from './checks/index.ts';
import { findingOf, type Draft, type ReadinessCheck } from './define-check.ts';
import { severities, type ReadinessFinding, type Severity } from './finding.ts';
import type { Need, Snapshot } from './world/snapshot.ts';
import type { World } from './world/world.ts';

/** A check with what came of it. */
export interface Checked {
  readonly check: ReadinessCheck;
  readonly findings: readonly ReadinessFinding[];
  /** Why it judged nothing; undefined: it did. */
  readonly notJudged?: string;
  /** Whether that is because something could not be looked at, and not because files cannot show it. */
  readonly couldNotLook: boolean;
}

function unseen(snapshot: Snapshot, need: Need): string | undefined {
  const looked = need === 'answers' || need === 'uses' ? snapshot[need] : snapshot.objects[need];
  return looked.looked ? undefined : `${looked.from}: ${looked.why}`;
}

/** Advice for an object that somebody else writes: there is where it has to be changed. */
function withWriter(draft: Draft, writers: ReadonlyMap<string, string>): Draft {
  const writer = writers.get(refText(draft.object));
  if (writer === undefined) return draft;
  const { say, command } = draft.advice;
  const isOurs =
    command?.startsWith('rekindle ') === true ||
    /^kubectl (-n \S+ )?(get|describe|logs) /.test(command ?? '');
  return {
    ...draft,
    advice: {
      say: `${say} ${writer} writes this object and would write over a change: set it there.`,
      ...(isOurs && command !== undefined && { command }),
    },
  };
}

function judged(check: ReadinessCheck, world: World, writers: ReadonlyMap<string, string>): Checked {
  const drafts = check.judge(world).map((draft) => withWriter(draft, writers));
  return { check, findings: drafts.map((draft) => findingOf(check, draft, world)), couldNotLook: false };
}

const nothing: readonly ReadinessFinding[] = [];

/** Runs every check for which all that it needs was looked at. Pure. */
export function runChecks(snapshot: Snapshot, world: World): readonly Checked[] {
  const writers = new Map(
    [...world.workloads, ...world.services, ...world.budgets, ...world.claims].flatMap(({ ref, writer }) =>
      writer === undefined ? [] : [[refText(ref), writer] as const],
    ),
  );
  return readinessChecks.map((check) => {
    if (check.isLive === true && !world.isLive)
      return { check, findings: nothing, notJudged: 'only a running cluster shows it', couldNotLook: false };
    const why = check.needs.map((need) => unseen(snapshot, need)).filter((text) => text !== undefined);
    if (why.length > 0)
      return { check, findings: nothing, notJudged: [...new Set(why)].join('; '), couldNotLook: true };
    return judged(check, world, writers);
  });
}

/** How many findings of each severity. */
export function countBySeverity(findings: readonly ReadinessFinding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return Object.fromEntries(severities.map((severity) => [severity, count(severity)])) as Record<
    Severity,
    number
  >;
}
