import type { Looked } from '../domain/looked.ts';
import { dataPlaces, type DataPlace } from './cluster/data-place.ts';
import type { ClusterFacts } from './cluster/facts.ts';
import type { Limitation } from './cluster/limitation.ts';
import { limitations } from './cluster/limitations.ts';
import { events, survival, type StorageEvent, type Survival } from './cluster/survival.ts';
import { isAtLeast, severities, type ReadinessFinding, type Severity } from './finding.ts';
import { productionRows, type ProductionInput } from './production/rows.ts';
import type { ProductionRow } from './production/row.ts';
import { countBySeverity, runChecks, type Checked } from './run-checks.ts';
import type { Snapshot } from './world/snapshot.ts';
import { worldOf } from './world/world.ts';

/** What the report is about. */
export type Subject =
  | {
      readonly source: 'cluster';
      readonly cluster: string;
      readonly context: string;
      readonly namespace: string;
    }
  | { readonly source: 'manifests'; readonly folder: string };

/** A place of bytes with what it survives. */
export interface PlaceRow extends DataPlace {
  readonly survives: Readonly<Record<StorageEvent, Survival>>;
}

/** Something that was not looked at, so that nothing is known about it. */
export interface NotChecked {
  readonly what: string;
  readonly why: string;
  /** Whether it could not be looked at; else nobody tried. */
  readonly couldNotLook: boolean;
}

/** The whole report as data; the formats only print it. */
export interface ReadinessReport {
  readonly at: number;
  readonly version: string;
  readonly subject: Subject;
  readonly limitations: readonly Limitation[];
  readonly places: readonly PlaceRow[];
  readonly production: readonly ProductionRow[];
  readonly checked: readonly Checked[];
  readonly counts: Readonly<Record<Severity, number>>;
  readonly notChecked: readonly NotChecked[];
  /** Objects and volumes that could not be looked at one by one: each might have been anything. */
  readonly unreadCount: number;
}

/** Everything that a report is made from. */
export interface ReportInput {
  readonly version: string;
  readonly subject: Subject;
  readonly snapshot: Snapshot;
  readonly facts: ClusterFacts;
  /** Undefined: files do not run. */
  readonly production?: Omit<ProductionInput, 'checked' | 'at'>;
  /** Volumes and other single things that could not be looked at, one line each. */
  readonly unseen?: readonly string[];
}

/** What no report of this program looks at. */
const neverChecked: readonly NotChecked[] = [
  {
    what: 'Security',
    why: 'rights, images’ vulnerabilities, secrets and network isolation are another report’s',
    couldNotLook: false,
  },
  {
    what: 'Load',
    why: 'nothing was put under load: how many users it bears is not known',
    couldNotLook: false,
  },
  {
    what: 'Admission',
    why: 'no pod was sent to the API as a rehearsal, so webhooks and policies were not asked',
    couldNotLook: false,
  },
  {
    what: 'The program itself',
    why: 'whether the application tolerates two copies, restarts or an older database was not tried',
    couldNotLook: false,
  },
];

function looks(looked: readonly (readonly [what: string, look: Looked<unknown>])[]): readonly NotChecked[] {
  return looked.flatMap(([what, look]) => (look.looked ? [] : [{ what, why: look.why, couldNotLook: true }]));
}

function notCheckedOf(
  input: ReportInput,
  checked: readonly Checked[],
  unread: Snapshot['unread'],
): readonly NotChecked[] {
  const { facts, subject } = input;
  const live = subject.source === 'cluster';
  return [
    ...checked.flatMap(({ check, notJudged, unseen, couldNotLook }) => {
      const why = notJudged ?? unseen;
      const what = `Check ${check.id}${notJudged === undefined ? ', in part' : ''}`;
      return why === undefined ? [] : [{ what, why, couldNotLook }];
    }),
    ...unread.map(({ object, why }) => ({ what: object, why, couldNotLook: true })),
    ...(input.unseen ?? []).map((line) => ({ what: 'A look', why: line, couldNotLook: true })),
    ...(live
      ? looks([
          ['The machine', facts.machine],
          ['The node containers', facts.containers],
          ['What is mounted into the nodes', facts.mounts],
          ['The datastore', facts.datastores],
          ...facts.folders.map(({ node, path, bytes }) => [`Size of ${path} on ${node}`, bytes] as const),
        ])
      : [
          {
            what: 'The cluster, its data, and whether it is ready for production',
            why: 'files do not run',
            couldNotLook: false,
          },
        ]),
    ...neverChecked,
  ];
}

function placeRow(place: DataPlace): PlaceRow {
  const survives = Object.fromEntries(events.map((event) => [event, survival(place, event)]));
  return { ...place, survives: survives as Record<StorageEvent, Survival> };
}

/** What has to be listed before it can be said where data live. */
const keepers = ['Pod', 'PersistentVolumeClaim', 'PersistentVolume'] as const;

function unlisted({ objects }: Snapshot): { readonly unlisted?: string } {
  const whys = keepers.flatMap((kind) => {
    const look = objects[kind];
    return look.looked ? [] : [`${look.from}: ${look.why}`];
  });
  return whys.length === 0 ? {} : { unlisted: whys.join('; ') };
}

/** Judges everything that was looked at. Pure. */
export function makeReport(input: ReportInput): ReadinessReport {
  const { snapshot, facts, subject, version, production } = input;
  const world = worldOf(snapshot);
  const checked = runChecks(snapshot, world);
  const places = subject.source === 'cluster' ? dataPlaces(world, facts) : [];
  return {
    at: snapshot.at,
    version,
    subject,
    limitations:
      subject.source === 'cluster' ? limitations({ world, facts, places, ...unlisted(snapshot) }) : [],
    places: places.map((place) => placeRow(place)),
    production: production === undefined ? [] : productionRows({ ...production, at: snapshot.at, checked }),
    checked,
    counts: countBySeverity(checked.flatMap(({ findings }) => findings)),
    notChecked: notCheckedOf(input, checked, world.unread),
    unreadCount: world.unread.length + (input.unseen ?? []).length,
  };
}

/** Checks with findings, the worst first, those with many objects before those with few. */
export function groupsOf({ checked }: ReadinessReport): readonly (Checked & { readonly worst: Severity })[] {
  return checked
    .filter(({ findings }) => findings.length > 0)
    .map((entry) => Object.assign({}, entry, { worst: worstOf(entry.findings) }))
    .sort(
      (one, other) =>
        severities.indexOf(one.worst) - severities.indexOf(other.worst) ||
        count(other, other.worst) - count(one, one.worst) ||
        one.check.id.localeCompare(other.check.id),
    );
}

function worstOf(findings: readonly ReadinessFinding[]): Severity {
  return severities.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'info';
}

const count = ({ findings }: Checked, severity: Severity) =>
  findings.filter((finding) => finding.severity === severity).length;

/** Questions about production of at least this weight; those that stand on findings are judged by these. */
function questions({ production }: ReadinessReport, level: Severity): readonly ProductionRow[] {
  return production.filter(({ severity, checks }) => checks === undefined && isAtLeast(severity, level));
}

function isBad(report: ReadinessReport, level: Severity): boolean {
  return (
    report.checked.some(({ findings }) => findings.some(({ severity }) => isAtLeast(severity, level))) ||
    questions(report, level).some(({ state }) => state === 'no')
  );
}

function isUnknown(report: ReadinessReport, level: Severity): boolean {
  return (
    report.unreadCount > 0 ||
    report.checked.some(({ check, couldNotLook }) => couldNotLook && isAtLeast(check.severity, level)) ||
    questions(report, level).some(({ state }) => state === 'unknown')
  );
}

/**
 * How a report stands to `--fail-on`: 1 a finding, or a no to a question about production, is as bad or worse; 2 none is, but
 * something of that weight could not be looked at; 0 otherwise.
 */
export function exitCodeFor(report: ReadinessReport, level: Severity | 'never'): 0 | 1 | 2 {
  if (level === 'never') return 0;
  if (isBad(report, level)) return 1;
  return isUnknown(report, level) ? 2 : 0;
}
