import type { AlwaysOnFile, CycleSample, KillRun, LiveCut, RebootRun } from './always-on-store.ts';
import type { HardenRow } from './harden/row.ts';
import type { PersistenceRow } from './pooler/row.ts';
import { quantile, wilson } from './statistics.ts';

interface Measured {
  readonly commit: string;
  readonly code: string;
  readonly dirty: boolean;
  readonly startedAt: string;
}

/** Rows that may be cited: of clean checkouts, and of the code that ran last. */
function citable<Row extends Measured>(rows: readonly Row[]): readonly Row[] {
  const clean = rows.filter(({ dirty }) => !dirty);
  const newest = clean.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
  return clean.filter(({ code }) => code === newest?.code);
}

function groups<Row>(rows: readonly Row[], by: (row: Row) => string): readonly (readonly [string, Row[]])[] {
  return [...Map.groupBy(rows, by)];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function range(values: readonly number[], text: (value: number) => string = String): string {
  const [low, high] = [text(Math.min(...values)), text(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** Times of those that came back; the number of those that did not is in the rate beside it. */
function times(seconds: readonly (number | null)[]): string {
  const known = seconds.filter((value) => value !== null);
  if (known.length === 0) return 'never back';
  const [p50, p95, max] = [quantile(known, 0.5), quantile(known, 0.95), Math.max(...known)];
  return `p50 ${p50.toFixed(1)} s, p95 ${p95.toFixed(1)} s, max ${max.toFixed(1)} s`;
}

function rate(good: number, all: number): string {
  const { low, high } = wilson(good, all);
  return `${good}/${all} (${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)} %)`;
}

type Line = readonly [what: string, n: string, seen: string];

function withCommits(rows: readonly Measured[], line: Line): string {
  const commits = [...new Set(rows.map(({ commit }) => commit.slice(0, 7)))].join(' ');
  return `| ${[...line, commits].join(' | ')} |`;
}

const rebootNames: Readonly<Record<RebootRun['arm'], string>> = {
  agent: 'power lost, systemd as PID 1, the unit installed, nobody does anything',
  rekindle: 'the same PC without the unit, `up` started with the engine',
};

function rebootLines(all: readonly RebootRun[]): readonly string[] {
  return groups(all, ({ arm }) => arm).flatMap(([arm, ofArm]) => {
    const rows = citable(ofArm);
    if (rows.length === 0) return [];
    const back = rate(rows.filter(({ verified }) => verified).length, rows.length);
    const lost = `${sum(rows.map((row) => row.lost))} of ${sum(rows.map((row) => row.acknowledged))} orders lost`;
    const seen = `back ${back}; ${times(rows.map(({ seconds }) => seconds))}; ${lost}`;
    return [withCommits(rows, [rebootNames[arm as RebootRun['arm']], String(rows.length), seen])];
  });
}

const killNames: Readonly<Record<KillRun['kind'], string>> = {
  boundary: 'agent killed between two records of its journal',
  random: 'agent killed at a random time',
  stopped: 'agent stopped for 60 s between look and action',
  'power-loss': 'power lost between intent and action',
};

function killLines(all: readonly KillRun[]): readonly string[] {
  return groups(citable(all), ({ kind }) => kind).map(([kind, rows]) => {
    const verified = rate(rows.filter((row) => row.verified).length, rows.length);
    const twice = sum(rows.map(({ deletedTwice }) => deletedTwice.length));
    const open = sum(rows.map(({ openIntents }) => openIntents));
    const seen = `same verified state ${verified}; pods deleted twice: ${twice}; intents left open: ${open}`;
    return withCommits(rows, [killNames[kind as KillRun['kind']], String(rows.length), seen]);
  });
}

function ends(samples: readonly CycleSample[], key: 'heapBytes'): string {
  const values = samples.map((sample) => sample[key]);
  return `${megabytes(values[0] ?? 0)} at the first, ${megabytes(values.at(-1) ?? 0)} at the last`;
}

function cycleLines(all: AlwaysOnFile['cycles']): readonly string[] {
  const rows = citable(all);
  const samples = rows.flatMap((row) => row.samples);
  if (samples.length === 0) return [];
  const usable = `usable after ${samples.filter(({ isUsable }) => isUsable).length}`;
  const idle = samples.filter(({ kind }) => kind === 'none');
  const needless = `actions in the ${idle.length} without a fault: ${sum(idle.map(({ actions }) => actions))}`;
  const heap = `heap ${ends(samples, 'heapBytes')}`;
  const files = `open files ${range(samples.map(({ openFiles }) => openFiles))}`;
  const journal = `journal ${megabytes(samples.at(-1)?.journalBytes ?? 0)}`;
  const seen = [usable, needless, heap, files, journal].join('; ');
  return [withCommits(rows, ['cycles of the agent on a clock of its own', String(samples.length), seen])];
}

function liveLines(all: readonly LiveCut[]): readonly string[] {
  const rows = citable(all);
  if (rows.length === 0) return [];
  const back = rate(rows.filter(({ verified }) => verified).length, rows.length);
  const samples = rows.map(({ sample }) => sample);
  const seen = [
    `back ${back}; ${times(rows.map(({ seconds }) => seconds))}`,
    `actions while nothing was wrong: ${sum(rows.map(({ idleActions }) => idleActions))}`,
    `resident ${range(
      samples.map(({ rssBytes }) => rssBytes),
      megabytes,
    )}`,
    `open files ${range(samples.map(({ openFiles }) => openFiles))}`,
    `journal ${megabytes(samples.at(-1)?.journalBytes ?? 0)}`,
  ];
  return [
    withCommits(rows, ['cuts on the lab with the agent at work', String(rows.length), seen.join('; ')]),
  ];
}

const wayNames: Readonly<Record<PersistenceRow['way'], string>> = {
  image: 'derived image under the operator',
  include: 'ConfigMap of its own Deployment',
  agent: '`SET` at each start',
};

function poolerLines(all: readonly PersistenceRow[]): readonly string[] {
  return groups(citable(all), ({ way, event }) => `${wayNames[way]}: ${event.replace('-', ' ')}`).map(
    ([name, rows]) => {
      const kept = rate(rows.filter((row) => row.kept).length, rows.length);
      const seen = `kept ${kept}; ${times(rows.map(({ seconds }) => seconds))}`;
      return withCommits(rows, [`pooler's settings, ${name}`, String(rows.length), seen]);
    },
  );
}

function hardenLines(all: readonly HardenRow[]): readonly string[] {
  return groups(all, ({ arm }) => arm).flatMap(([arm, ofArm]) => {
    const rows = citable(ofArm);
    if (rows.length === 0) return [];
    const back = rate(rows.filter(({ seconds }) => seconds !== null).length, rows.length);
    const restarts = quantile(
      rows.map((row) => row.restarts),
      0.5,
    );
    const backOff = quantile(
      rows.map((row) => row.backOffSeconds),
      0.5,
    );
    const seen =
      `back ${back}; ${times(rows.map(({ seconds }) => seconds))}; restarts p50 ${restarts.toFixed(0)}, ` +
      `in back-off p50 ${backOff.toFixed(0)} s, over all pods`;
    const name = arm === 'hardened' ? 'hardened' : 'as it is written';
    return [withCommits(rows, [`plain cut, nobody helps, stack ${name}`, String(rows.length), seen])];
  });
}

/** The table of the README about the agent and what lasts, in Markdown, made from nothing but the rows. */
export function alwaysOnTable(all: AlwaysOnFile): string {
  const lines = [
    ...rebootLines(all.reboots),
    ...killLines(all.kills),
    ...cycleLines(all.cycles),
    ...liveLines(all.live),
    ...poolerLines(all.poolerProfiles),
    ...hardenLines(all.harden),
  ];
  if (lines.length === 0) return 'No runs are recorded yet.\n';
  return `${['| what | n | seen | commit |', '| --- | --- | --- | --- |', ...lines].join('\n')}\n`;
}
