import { refText } from '../../domain/object-ref.ts';
import { severities, type ReadinessFinding, type Severity } from '../finding.ts';
import { groupsOf, type ReadinessReport } from '../report.ts';
import { counted } from '../judging/subjects.ts';

/** What to do first, with why. */
export interface FirstStep {
  readonly severity: Severity;
  /** What is wrong. */
  readonly title: string;
  /** Which objects, the first few by name. */
  readonly objects: string;
  readonly say: string;
  readonly commands: readonly string[];
}

/** One object of a group. */
export interface Item {
  readonly severity: Severity;
  readonly object: string;
  readonly place: string | undefined;
  readonly claim: string;
  readonly evidence: readonly string[];
  readonly say: string;
  readonly note: string | undefined;
  readonly command: string | undefined;
}

/** All findings of one check. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly source: string;
  readonly items: readonly Item[];
  /** The advice where all items have the same. */
  readonly say: string | undefined;
}

/** The words for a severity, with what it means. */
export const severityWords: Readonly<Record<Severity, string>> = {
  high: 'one ordinary event loses data or the service, or it does not come back',
  medium: 'such an event makes an outage, or a longer one',
  low: 'it makes faults harder to see, to mend or to bear',
  info: 'worth knowing',
};

/** `Deployment shop/web` as `shop/web (Deployment)` would be: kind first, as everywhere else. */
export function objectText({ object, container }: ReadinessFinding): string {
  return container === undefined ? refText(object) : `${refText(object)}, container ${container}`;
}

function itemOf(finding: ReadinessFinding): Item {
  const { severity, object, place, claim, evidence, advice } = finding;
  const own = refText(object);
  return {
    severity,
    object: objectText(finding),
    place: place === undefined ? undefined : `${place.file}:${place.line}`,
    claim,
    evidence: evidence.map((fact) =>
      fact.object === own ? `${fact.field}: ${fact.value}` : `${fact.object} ${fact.field}: ${fact.value}`,
    ),
    say: advice.say,
    note: advice.note,
    command: advice.command,
  };
}

/** Findings by check, the worst first. */
export function groups(report: ReadinessReport): readonly Group[] {
  return groupsOf(report).map(({ check, findings, worst }) => {
    const items = findings
      .map((finding) => itemOf(finding))
      .sort(
        (one, other) =>
          severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
          one.object.localeCompare(other.object),
      );
    const says = new Set(items.map(({ say }) => say));
    return {
      id: check.id,
      title: check.title,
      severity: worst,
      why: check.why,
      source: check.source,
      items,
      say: says.size === 1 ? items[0]?.say : undefined,
    };
  });
}

/** So many objects are named; the rest is counted. */
const named = 3;

/** So many steps are "first". */
const firstSteps = 8;

function objectsText(objects: readonly string[]): string {
  const each = [...new Set(objects)];
  const rest = each.length - named;
  return `${each.slice(0, named).join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** What the first of them is told to do; a note only where it is in the way of all of them. */
function sayOf([first, ...others]: readonly Item[]): string {
  if (first === undefined) return '';
  const isForAll = first.note !== undefined && others.every(({ note }) => note === first.note);
  return isForAll ? `${first.say} ${first.note}` : first.say;
}

function stepOf(group: Group): FirstStep {
  const worst = group.items.filter(({ severity }) => severity === group.severity);
  const commands = [...new Set(worst.flatMap(({ command }) => command ?? []))];
  return {
    severity: group.severity,
    title: group.title,
    objects: objectsText(worst.map(({ object }) => object)),
    say: sayOf(worst),
    commands: commands.slice(0, named),
  };
}

/** What is wrong when a question is answered with no, and when only partly with yes. */
const problems: Readonly<Record<string, readonly [no: string, partly: string]>> = {
  'last-proven-restore': ['No backup is proven', 'The proven backup is not enough'],
  'synchronous-replication': [
    'Synchronous replication is not in force',
    'Synchronous replication is in force in part',
  ],
  'last-drill': ['Coming back was never rehearsed', 'Coming back was rehearsed long ago'],
  'recovery-time': ['No recovery is on record', 'Recoveries are few, old, or not all proven'],
  unattended: ['Nobody brings it back when nobody is there', 'After the next boot nobody brings it back'],
};

/** An answer that is partly yes weighs one level less than a no. */
const oneLess: Readonly<Record<Severity, Severity>> = {
  high: 'medium',
  medium: 'low',
  low: 'info',
  info: 'info',
};

/** Production rows that only a step of the user's changes, apart from those that repeat findings. */
function productionSteps(report: ReadinessReport): readonly FirstStep[] {
  return report.production
    .filter(
      ({ state, checks, next }) =>
        (state === 'no' || state === 'partly') && checks === undefined && next !== undefined,
    )
    .map(({ id, state, severity, question, answer, next = '', command }) => ({
      severity: state === 'no' ? severity : oneLess[severity],
      title: problems[id]?.[state === 'no' ? 0 : 1] ?? question,
      objects: answer,
      say: next,
      commands: command === undefined ? [] : [command],
    }));
}

/** What to fix first, the worst first. */
export function stepsOf(report: ReadinessReport): readonly FirstStep[] {
  const all = [...productionSteps(report), ...groups(report).map((group) => stepOf(group))];
  return severities
    .flatMap((severity) => all.filter((step) => step.severity === severity))
    .filter(({ severity }) => severity === 'high' || severity === 'medium')
    .slice(0, firstSteps);
}

/** The subject in words. */
export function subjectText({ subject }: ReadinessReport): string {
  return subject.source === 'cluster'
    ? `${subject.namespace} on cluster ${subject.cluster} (context ${subject.context})`
    : `manifests in ${subject.folder}`;
}

/** The answer to the question that the report is made for; undefined of files, which do not run. */
export function verdict({ counts, production }: ReadinessReport): string | undefined {
  if (production.length === 0) return undefined;
  const has = (wanted: string) => production.some(({ state }) => state === wanted);
  if (counts.high > 0 || has('no')) return 'Not ready for production.';
  if (has('unknown')) return 'Whether it is ready for production is not known.';
  return has('partly') ? 'Ready for production in part.' : 'Ready for production as far as was looked.';
}

/** The whole in a few sentences, the verdict first. */
export function headline(report: ReadinessReport): string {
  const answer = verdict(report);
  return answer === undefined ? countsText(report) : `${answer} ${countsText(report)}`;
}

/** What was found and what is open, in numbers. */
export function countsText({ counts, production, checked, notChecked }: ReadinessReport): string {
  const judged = checked.filter(({ notJudged }) => notJudged === undefined).length;
  const blind = notChecked.filter(({ couldNotLook }) => couldNotLook).length;
  const open = production.filter(({ state }) => state !== 'yes').length;
  const parts = [
    `${counts.high} high, ${counts.medium} medium, ${counts.low} low and ${counts.info} further findings of ${judged} checks.`,
    ...(production.length > 0
      ? [
          `${production.length - open} of ${production.length} questions about production are answered with yes.`,
        ]
      : []),
    ...(blind > 0 ? [`${counted(blind, 'look')} failed: of those nothing is known.`] : []),
  ];
  return parts.join(' ');
}

/** Checks that found nothing. */
export function passed({ checked }: ReadinessReport): readonly string[] {
  return checked
    .filter(
      ({ findings, notJudged, couldNotLook }) =>
        findings.length === 0 && notJudged === undefined && !couldNotLook,
    )
    .map(({ check }) => check.title);
}
