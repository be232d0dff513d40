import { expect, test } from 'vitest';

import type { Migration } from '../../migrate/plan-migration.ts';
import { migrationText } from './migrate-text.ts';

const task = { object: 'Ingress shop', what: 'Give it the name of the new domain.' };
const migration = { files: { 'README.md': '' }, changes: [], unread: [], toChoose: ['domain'] };
const textOf = (tasks: readonly object[]) =>
  migrationText({ ...migration, tasks } as unknown as Migration, {
    out: 'migrate-gke',
    title: 'GKE',
    hasExport: false,
    isMeasured: false,
  });

test('what is missing is told with the commands that write it', () => {
  const text = textOf([]);
  expect(text).toContain('rekindle export --out export, then again with --from export');
  expect(text).toContain(
    'rekindle backup create --json >backup.json, then again with --measured backup.json',
  );
});

test('tasks are counted', () => {
  expect(textOf([task])).toContain('\n1 task for you (tasks.md):\n  Ingress shop: ');
  expect(textOf([task, task])).toContain('\n2 tasks for you');
});
