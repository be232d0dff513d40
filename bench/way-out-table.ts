import type { BackupSpeedRow } from './backup/row.ts';
import type { CorruptionRow } from './backup/corruption-row.ts';
import type { RoundTripRow } from './backup/round-trip-row.ts';
import type { FromNothingRow } from './from-nothing/row.ts';
import { citable, groups, range, rate, sum, tableOf, withCommits } from './measured-rows.ts';
import type { ReadinessRow } from './readiness/row.ts';
import { quantile } from './statistics.ts';
import type { WayOutFile } from './way-out-store.ts';

const seconds = (values: readonly number[]) => `${range(values, (value) => value.toFixed(1))} s`;

/** Median of the ratios of pairs that were measured one right after the other, with the lowest and the highest. */
function ratios(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(2)}x (${range(values, (value) => value.toFixed(2))})`;
}

function speedLines(all: readonly BackupSpeedRow[]): readonly string[] {
  return groups(citable(all), ({ gigabytes }) => String(gigabytes)).map(([gigabytes, rows]) => {
    const seen = [
      `dump ${seconds(rows.map(({ rekindle }) => rekindle.dumpSeconds))}, ${ratios(rows.map(({ rekindle, plain }) => rekindle.dumpSeconds / plain.dumpSeconds))} of \`pg_dump -Fc\``,
      `restore ${seconds(rows.map(({ rekindle }) => rekindle.restoreSeconds))}, ${ratios(rows.map(({ rekindle, plain }) => rekindle.restoreSeconds / plain.restoreSeconds))} of \`pg_restore\``,
      `every row compared in ${seconds(rows.map(({ rekindle }) => rekindle.verifySeconds))}`,
      `the whole command ${seconds(rows.map(({ rekindle }) => rekindle.wholeSeconds))}`,
      `proven ${rate(rows.filter(({ rekindle }) => rekindle.proven).length, rows.length)}`,
    ];
    return withCommits(rows, [
      `backup of a database of ${gigabytes} GB, beside the same by hand`,
      String(rows.length),
      seen.join('; '),
    ]);
  });
}

function corruptionLines(all: readonly CorruptionRow[]): readonly string[] {
  const rows = citable(all);
  const spoilt = rows.filter(({ expected }) => expected !== 'proven');
  if (rows.length === 0) return [];
  const caught = `caught ${rate(spoilt.filter(({ verdict }) => verdict !== 'proven').length, spoilt.length)}`;
  const named = `verdict, exit code and reason as expected ${rate(spoilt.filter((row) => row.asExpected).length, spoilt.length)}`;
  const good = rows.filter(({ expected }) => expected === 'proven');
  const untouched = `untouched copies proven ${good.filter((row) => row.asExpected).length} of ${good.length}`;
  return [
    withCommits(rows, [
      'copies of a backup of the lab, each spoilt in another way',
      String(spoilt.length),
      `${caught}; ${named}; ${untouched}`,
    ]),
  ];
}

function roundTripLines(all: readonly RoundTripRow[]): readonly string[] {
  const rows = citable(all);
  if (rows.length === 0) return [];
  const seen = [
    `objects that differ: ${sum(rows.map(({ exportDifferences }) => exportDifferences.length))} of ${range(rows.map(({ exported }) => exported))}`,
    `tables that differ: ${sum(rows.map(({ restoreDifferences }) => restoreDifferences.length))}`,
    `${sum(rows.map(({ lost }) => lost))} of ${sum(rows.map(({ acknowledged }) => acknowledged))} orders lost`,
    `two writes through the front door ${rate(rows.filter(({ verifyExitCode }) => verifyExitCode === 0).length, rows.length)}`,
    `a second export is the same ${rate(rows.filter(({ sameBytes }) => sameBytes).length, rows.length)}`,
    `${seconds(rows.map((row) => row.seconds.whole))} in all`,
  ];
  return [
    withCommits(rows, [
      'exported, backed up, and both brought back in a second, empty cluster',
      String(rows.length),
      seen.join('; '),
    ]),
  ];
}

function fromNothingLines(all: readonly FromNothingRow[]): readonly string[] {
  const rows = citable(all);
  if (rows.length === 0) return [];
  const back = rate(rows.filter(({ verdict }) => verdict === 'healthy').length, rows.length);
  const lost = `${sum(rows.map(({ lostBefore }) => lostBefore))} of ${sum(rows.map(({ acknowledgedBefore }) => acknowledgedBefore))}`;
  const seen = `back and proven ${back} in ${seconds(rows.map((row) => row.seconds))}; ${lost} orders lost up to the backup's LSN`;
  return [withCommits(rows, ['cluster deleted, made anew from the backup alone', String(rows.length), seen])];
}

function readinessLines(all: readonly ReadinessRow[]): readonly string[] {
  const rows = citable(all);
  if (rows.length === 0) return [];
  const union = sum(rows.map((row) => row.union));
  const seen = `found ${rate(sum(rows.map(({ matched }) => matched)), union)} of what Popeye and kube-score find; on each ${range(
    rows.map((row) => (row.union === 0 ? 1 : row.matched / row.union)),
    (part) => `${(part * 100).toFixed(1)} %`,
  )}`;
  return [
    withCommits(rows, [
      "reliability findings, the example and other people's charts",
      `${rows.length} inputs, ${union} findings`,
      seen,
    ]),
  ];
}

/** The table of the README about backups, export and report, in Markdown, made from nothing but the rows. */
export function wayOutTable(all: WayOutFile): string {
  return tableOf([
    ...speedLines(all.backupSpeed),
    ...corruptionLines(all.corruptions),
    ...fromNothingLines(all.fromNothing),
    ...roundTripLines(all.roundTrip),
    ...readinessLines(all.readiness),
  ]);
}
