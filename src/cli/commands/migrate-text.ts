import type { Change } from '../../migrate/bench.ts';
import type { Migration } from '../../migrate/plan-migration.ts';

/** Widest column of the table, characters. */
const widest = 44;

const cut = (text: string) => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);

function changeTable(changes: readonly Change[]): string {
  const rows = changes
    // Objects that only support others are in changes.md.
    .filter(({ before }) => before !== '(none)')
    .map(({ object, where, before, after }) =>
      [object, where.replace(/^spec\.template\.spec\./, ''), before, after].map(cut),
    );
  const head = ['object', 'field', 'here', 'there'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

function whys(changes: readonly Change[]): string {
  const seen = new Map(
    changes.filter(({ before }) => before !== '(none)').map(({ rule, why }) => [`${rule}: ${why}`, true]),
  );
  return [...seen.keys()].map((why) => `  ${why}`).join('\n');
}

/** What was written, what was changed and why, and what is left to a person. */
export function migrationText(
  { files, changes, tasks, unread, toChoose }: Migration,
  about: {
    readonly out: string;
    readonly title: string;
    readonly hasExport: boolean;
    readonly isMeasured: boolean;
  },
): string {
  const { out, title, hasExport, isMeasured } = about;
  return [
    `Wrote ${Object.keys(files).length} files for ${title} to ${out}. Nothing in them was ever applied to a cloud.`,
    ...(hasExport
      ? ['', changeTable(changes), '', 'Why:', whys(changes)]
      : [
          'There is no overlay, because there was no export: rekindle export --out export, then again with --from export.',
        ]),
    ...(unread.length === 0
      ? []
      : ['', 'Could not be read, and may be missing:', ...unread.map((line) => `  ${line}`)]),
    ...(tasks.length === 0
      ? []
      : [
          '',
          `${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'} for you (tasks.md):`,
          ...tasks.map(({ object, what }) => `  ${object}: ${what}`),
        ]),
    '',
    `You choose: ${toChoose.join(', ')}.`,
    ...(isMeasured
      ? []
      : [
          'The runbook has no measured times: rekindle backup create --json >backup.json, then again with --measured backup.json.',
        ]),
    `Next: read ${out}/README.md.`,
  ].join('\n');
}
