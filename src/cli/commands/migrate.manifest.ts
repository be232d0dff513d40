import { defineCommand, type CommandGroup, type Flag } from '../command-manifest.ts';
import type { MigrateOptions } from './migrate-options.ts';

const flags: readonly Flag[] = [
  ['--from <folder>', 'folder that `rekindle export --out` has written; without it there is no overlay'],
  [
    '--out <folder>',
    'folder that is written, whole or not at all (default: migrate-gke, migrate-eks or migrate-aks)',
  ],
  [
    '--database <who>',
    'who runs PostgreSQL there: operator (the Zalando operator, as now; the default) or managed (the provider)',
  ],
  ['--measured <file>', 'JSON with what the last proven backup has measured, for the runbook'],
];

const providers = { gke: 'Google Cloud', eks: 'Amazon Web Services', aks: 'Microsoft Azure' } as const;

const migrateTo = (id: keyof typeof providers) =>
  defineCommand<MigrateOptions>({
    name: id,
    text: `write what the stack needs on ${providers[id]}: infrastructure, overlay, runbook`,
    examples: [
      [`rekindle migrate ${id} --from export`, 'reads the export, asks no cluster and no cloud'],
      [`rekindle migrate ${id} --from export --database managed`, 'with the provider’s own PostgreSQL'],
      [`rekindle migrate ${id} --from export --measured backup.json`, 'with measured times in the runbook'],
    ],
    flags,
    load: async () => (await import('./migrate.ts')).migrate(id),
  });

export const migrateCommands: CommandGroup = {
  name: 'migrate',
  text: 'write what a move to a cloud needs: infrastructure as code, an overlay, a runbook',
  commands: [migrateTo('gke'), migrateTo('eks'), migrateTo('aks')],
};
