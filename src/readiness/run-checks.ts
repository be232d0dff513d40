import { refText } from '../domain/object-ref.ts';
import { readinessChecks } from './checks/index.ts';
import { findingOf, type Draft, type ReadinessCheck } from './define-check.ts';
import { severities, type ReadinessFinding, type Severity } from './finding.ts';
import type { Need, Snapshot } from './world/snapshot.ts';
import { workloadKinds } from './world/workload.ts';
import type { World } from './world/world.ts';

/** A check with what came of it. */
export interface Checked {
  readonly check: ReadinessCheck;
  readonly findings: readonly ReadinessFinding[];
  /** Why it judged nothing; undefined: it did. */
  readonly notJudged?: string;
  /** What it could not look at although it judged the rest; undefined: nothing. */
  readonly unseen?: string;
  /** Whether something could not be looked at, and not only because files cannot show it. */
  readonly couldNotLook: boolean;
}

function unseen(snapshot: Snapshot, need: Need): string | undefined {
  const looked = need === 'answers' || need === 'uses' ? snapshot[need] : snapshot.objects[need];
  return looked.looked ? undefined : `${looked.from}: ${looked.why}`;
}

/** Commands that look, that make an object of its own, or that know who writes what. */
const lasts = /^(rekindle |docker save |kubectl (-n \S+ )?(get|describe|logs|create|cp) )/;

/** The API changes no pod of what runs once (kubernetes.io, Jobs; Working with Pods, Pod update and replacement). */
function forOnce(draft: Draft): Draft {
  const { say, command } = draft.advice;
  const { kind } = draft.object;
  if ((kind !== 'Job' && kind !== 'Pod') || command === undefined || lasts.test(command)) return draft;
  return {
    ...draft,
    advice: { say, note: `A ${kind} cannot be changed: change its file and make it anew.` },
  };
}

/** Advice for an object that somebody else writes: there is where it has to be changed. */
function withWriter(draft: Draft, writers: ReadonlyMap<string, string>): Draft {
  const writer = writers.get(refText(draft.object));
  const { say, command } = draft.advice;
  const isSeparate = command !== undefined && lasts.test(command) && !command.startsWith('rekindle ');
  if (writer === undefined || isSeparate) return draft;
  return {
    ...draft,
    advice: {
      say,
      note: `${writer} writes this object and would write over a change: set it there.`,
      ...(command?.startsWith('rekindle ') === true && { command }),
    },
  };
}

/** Without ReplicaSets nobody knows which pods are a Deployment's: whoever needs them cannot judge the others alone. */
const workloads: ReadonlySet<Need> = new Set(workloadKinds.filter((kind) => kind !== 'ReplicaSet'));

/** What is missing for a check: whether it can judge nothing at all, and the reasons. */
function missingFor(snapshot: Snapshot, { needs, eachAlone }: ReadinessCheck) {
  const reasons = new Map(
    needs.flatMap((need) => {
      const why = unseen(snapshot, need);
      return why === undefined ? [] : [[need, why] as const];
    }),
  );
  const soft =
    eachAlone === undefined ? [] : needs.filter((need) => eachAlone === 'object' || workloads.has(need));
  const isHard = [...reasons.keys()].some((need) => !soft.includes(need));
  const isAll = soft.length > 0 && soft.every((need) => reasons.has(need));
  return { blocks: isHard || isAll, why: [...new Set(reasons.values())].join('; ') };
}

const nothing: readonly ReadinessFinding[] = [];

/** Runs every check for which all that it needs was looked at. Pure. */
export function runChecks(snapshot: Snapshot, world: World): readonly Checked[] {
  const writers = new Map(
    [...world.workloads, ...world.services, ...world.budgets].flatMap(({ ref, writer }) =>
      writer === undefined ? [] : [[refText(ref), writer] as const],
    ),
  );
  return readinessChecks.map((check) => {
    if (check.isLive === true && !world.isLive)
      return { check, findings: nothing, notJudged: 'only a running cluster shows it', couldNotLook: false };
    if (check.isRefused === true && world.isLive) return { check, findings: nothing, couldNotLook: false };
    const { blocks, why } = missingFor(snapshot, check);
    if (blocks) return { check, findings: nothing, notJudged: why, couldNotLook: true };
    const drafts = check.judge(world).map((draft) => withWriter(forOnce(draft), writers));
    const findings = drafts.map((draft) => findingOf(check, draft, world));
    const parts = [...(why === '' ? [] : [why]), ...(check.unseen?.(world) ?? [])];
    return parts.length === 0
      ? { check, findings, couldNotLook: false }
      : { check, findings, unseen: parts.join('; '), couldNotLook: true };
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
