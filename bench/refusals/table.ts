import type { RefusalCaseRow } from './row.ts';

/** Ids in their own order: R1a, R1b, R2a ... R10. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id.localeCompare(b.id, 'en', { numeric: true });
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', String.raw`\|`);
}

/** The table of the README, in Markdown, made from nothing but the rows. */
export function refusalsTable(cases: readonly RefusalCaseRow[]): string {
  if (cases.length === 0) return 'No cases are recorded yet.\n';
  const head = [
    '| case | what | exit code: expected, seen | writes: allowed, seen | as expected | commit |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  const lines = cases.toSorted(byId).map(({ id, title, expected, seen, ok, commit }) => {
    const cells = [
      id,
      cell(title),
      `${expected.exitCode}, ${seen.exitCode}`,
      `${expected.writes}, ${seen.writes}`,
      ok ? 'yes' : '**no**',
      commit.slice(0, 7),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const good = cases.filter(({ ok }) => ok).length;
  return `${[...head, ...lines].join('\n')}\n\n${good} of ${cases.length} cases went as expected.\n`;
}
