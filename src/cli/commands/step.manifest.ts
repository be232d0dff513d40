import type { CommandGroup } from '../command-manifest.ts';

export const stepCommands: CommandGroup = {
  name: 'step',
  text: 'the steps of `up`, one by one',
  commands: [
    {
      name: 'list',
      text: 'list the steps',
      examples: [['rekindle step list', 'their names']],
      load: async () => (await import('./step.ts')).stepListCommand,
    },
    {
      name: 'run <name>',
      text: 'run one step if the evidence calls for it',
      examples: [
        ['rekindle step run sync-pooler-credentials', 'only if the evidence calls for it'],
        ['rekindle step run wait-for-database', 'until PostgreSQL takes writes; changes nothing'],
        ['rekindle step run start-cluster --json', 'what was done and proven, as JSON'],
      ],
      load: async () => (await import('./step.ts')).stepRunCommand,
    },
  ],
};
