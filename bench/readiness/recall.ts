import { refText } from '../../src/domain/object-ref.ts';
import type { ReadinessFinding } from '../../src/readiness/finding.ts';
import { crossingOf, crossWalk } from './cross-walk.ts';
import type { ForeignFinding } from './foreign-finding.ts';

/** One fault of one object, whichever tools have found it. */
export interface UnionEntry {
  readonly object: string;
  readonly container?: string;
  /** Ids of their checks, `tool id`. */
  readonly foundBy: readonly string[];
  /** Our check that tells the same; undefined: none does. */
  readonly matched?: string;
  /** Their own words, of one of them. */
  readonly text: string;
}

/** The measure for one input. */
export interface Recall {
  readonly union: readonly UnionEntry[];
  readonly matched: number;
  /** Raw findings, one for each that a tool printed. */
  readonly raw: Readonly<Record<ForeignFinding['tool'], RawCounts>>;
  /** Findings of ours that neither tool has, by check. */
  readonly extra: Readonly<Record<string, number>>;
  readonly extraFindings: readonly ReadinessFinding[];
  readonly ours: number;
}

export interface RawCounts {
  readonly all: number;
  readonly security: number;
  readonly tool: number;
  readonly reliability: number;
  readonly matched: number;
}

/** The same kind of finding in our report: of the same object, and of the same container where both name one. */
function isSame(mine: ReadinessFinding, checks: readonly string[], other: ForeignFinding): boolean {
  if (!checks.includes(mine.check)) return false;
  const own = refText(mine.object);
  // Metrics are missing once, not once on each node; a single control plane is told of the node that is one.
  const isGlobal = mine.check === 'metrics-missing' || mine.check === 'single-control-plane';
  if (own !== other.object && !isGlobal) return false;
  return mine.container === undefined || other.container === undefined || mine.container === other.container;
}

function matchOf(ours: readonly ReadinessFinding[], finding: ForeignFinding): ReadinessFinding | undefined {
  const crossing = crossingOf(finding);
  if (crossing.verdict !== 'reported') return undefined;
  return ours.find((mine) => isSame(mine, crossing.checks, finding));
}

/** The same fault found twice, by two tools or of a pod and its Deployment, is one. */
function keyOf(finding: ForeignFinding): string {
  const crossing = crossingOf(finding);
  const what = crossing.verdict === 'reported' ? [...crossing.checks].sort().join('|') : finding.id;
  // Of metrics that are missing Popeye tells each node; it is one fault.
  const object = what === 'metrics-missing' ? 'the metrics API' : finding.object;
  return [what, object, finding.container ?? ''].join('\n');
}

const isReliability = (finding: ForeignFinding) =>
  crossingOf(finding).verdict === 'reported' || crossingOf(finding).verdict === 'missed';

function entryOf(ours: readonly ReadinessFinding[], same: readonly ForeignFinding[]): UnionEntry {
  const [first] = same;
  if (first === undefined) throw new Error('a fault that nobody has found');
  const match = same.map((finding) => matchOf(ours, finding)).find((found) => found !== undefined);
  return {
    object: first.object,
    ...(first.container !== undefined && { container: first.container }),
    foundBy: [...new Set(same.map(({ tool, id }) => `${tool} ${id}`))].sort(),
    ...(match !== undefined && { matched: match.check }),
    text: first.text,
  };
}

function rawCounts(ours: readonly ReadinessFinding[], found: readonly ForeignFinding[]): RawCounts {
  const of = (verdict: string) => found.filter((finding) => crossingOf(finding).verdict === verdict).length;
  const reliability = found.filter(isReliability);
  return {
    all: found.length,
    security: of('security'),
    tool: of('tool'),
    reliability: reliability.length,
    matched: reliability.filter((finding) => matchOf(ours, finding) !== undefined).length,
  };
}

function extras(
  ours: readonly ReadinessFinding[],
  found: readonly ForeignFinding[],
): readonly ReadinessFinding[] {
  return ours.filter(
    (mine) =>
      !found.some((finding) => {
        const crossing = crossingOf(finding);
        return crossing.verdict === 'reported' && isSame(mine, crossing.checks, finding);
      }),
  );
}

function countByCheck(findings: readonly ReadinessFinding[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { check } of findings) counts[check] = (counts[check] ?? 0) + 1;
  return counts;
}

/** Compares our findings with theirs. Throws when one of their checks is not in the cross-walk. */
export function recallOf(ours: readonly ReadinessFinding[], found: readonly ForeignFinding[]): Recall {
  const byKey = Map.groupBy(found.filter(isReliability), keyOf);
  const union = [...byKey.values()].map((same) => entryOf(ours, same));
  const extraFindings = extras(ours, found);
  return {
    union,
    matched: union.filter(({ matched }) => matched !== undefined).length,
    raw: {
      popeye: rawCounts(
        ours,
        found.filter(({ tool }) => tool === 'popeye'),
      ),
      'kube-score': rawCounts(
        ours,
        found.filter(({ tool }) => tool === 'kube-score'),
      ),
    },
    extra: countByCheck(extraFindings),
    extraFindings,
    ours: ours.length,
  };
}

/** Checks of ours that some check of theirs stands for. */
export function knownChecks(): ReadonlySet<string> {
  return new Set(
    Object.values(crossWalk).flatMap((table) =>
      Object.values(table).flatMap((crossing) => (crossing.verdict === 'reported' ? crossing.checks : [])),
    ),
  );
}
