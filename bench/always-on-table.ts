import type { AlwaysOnFile, IdleMinute, KillRun, LiveCut, RebootRun } from './always-on-store.ts';
import type { HardenRow } from './harden/row.ts';
import type { PersistenceRow } from './pooler/row.ts';
import {
  citable,
  groups,
  megabytes,
  range,
  rate,
  ratioOfMedians,
  sum,
  tableOf,
  times,
  withCommits,
} from './measured-rows.ts';
import { quantile } from './statistics.ts';

const percent = (share: number, digits: number) => `${(share * 100).toFixed(digits)} %`;

const rebootNames: Readonly<Record<RebootRun['arm'], string>> = {
  agent: 'power lost, systemd as PID 1, the unit installed, nobody does anything',
  rekindle: 'the same PC without the unit, `up` started with the engine',
};

/** The comparison that the goal is about; none before both arms have runs of the newest code. */
function rebootRatio(all: readonly RebootRun[]): readonly string[] {
  const rows = citable(all);
  const secondsOf = (wanted: RebootRun['arm']) =>
    rows.flatMap(({ arm, seconds }) => (arm === wanted && seconds !== null ? [seconds] : []));
  const [agent, byHand] = [secondsOf('agent'), secondsOf('rekindle')];
  if (agent.length === 0 || byHand.length === 0) return [];
  const name = 'the unit beside `up` by hand: ratio of the medians';
  return [withCommits(rows, [name, String(rows.length), ratioOfMedians(agent, byHand)])];
}

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

function ends<Key extends string>(samples: readonly Readonly<Record<Key, number>>[], key: Key): string {
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

const liveNames: Readonly<Record<LiveCut['kind'], string>> = {
  'power-loss': 'power lost every four minutes, the agent at work',
  'engine-killed': 'engine and containers killed every four minutes, the agent at work',
};

/** A sample is taken within this time before its row begins, s. */
const sampledWithin = 20;

function liveLines(all: readonly LiveCut[]): readonly string[] {
  return groups(citable(all), ({ kind }) => kind).map(([kind, rows]) => {
    const back = rate(rows.filter(({ verified }) => verified).length, rows.length);
    const samples = rows.map(({ sample }) => sample);
    const seen = [
      `back and proven by the agent ${back}; ${times(rows.map(({ seconds }) => seconds))}`,
      `actions while nothing was wrong: ${sum(rows.map(({ idleActions }) => idleActions))}`,
      // A loss of power ends the agent: only what one process has seen can show whether it grows.
      `processes of the agent: ${processes(rows)}`,
      `resident ${ends(samples, 'rssBytes')}, at most ${megabytes(Math.max(...samples.map(({ rssBytes }) => rssBytes)))}`,
      `processor ${range(
        samples.map(({ cpuSeconds, ageSeconds }) => cpuSeconds / ageSeconds),
        (share) => percent(share, 1),
      )} of a core since its start`,
      `open files ${range(samples.map(({ openFiles }) => openFiles))}`,
      `journal ${ends(samples, 'journalBytes')}`,
    ];
    return withCommits(rows, [liveNames[kind as LiveCut['kind']], String(rows.length), seen.join('; ')]);
  });
}

/** How many processes were sampled: each has a start of its own, whatever its age was when it was looked at. */
function processes(rows: readonly LiveCut[]): number {
  const starts = rows.map(({ startedAt, sample }) => Date.parse(startedAt) / 1000 - sample.ageSeconds);
  return starts.filter((start, index) => start - (starts[index - 1] ?? -Infinity) > sampledWithin).length;
}

function idleLines(all: readonly IdleMinute[]): readonly string[] {
  const rows = citable(all);
  if (rows.length === 0) return [];
  const share = sum(rows.map(({ cpuSeconds }) => cpuSeconds)) / sum(rows.map(({ seconds }) => seconds));
  const dearest = Math.max(...rows.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds));
  const resident = range(
    rows.map(({ rssBytes }) => rssBytes),
    megabytes,
  );
  const seen = [
    `processor ${percent(share, 2)} of a core, in the dearest minute ${percent(dearest, 2)}`,
    `resident ${resident}`,
    `open files ${range(rows.map(({ openFiles }) => openFiles))}`,
    `actions: ${sum(rows.map(({ actions }) => actions))}`,
  ].join('; ');
  return [withCommits(rows, ['a minute of the agent while nothing is wrong', String(rows.length), seen])];
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
  return tableOf([
    ...rebootLines(all.reboots),
    ...rebootRatio(all.reboots),
    ...killLines(all.kills),
    ...cycleLines(all.cycles),
    ...liveLines(all.live),
    ...idleLines(all.idle),
    ...poolerLines(all.poolerProfiles),
    ...hardenLines(all.harden),
  ]);
}
