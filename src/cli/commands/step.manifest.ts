import type { CommandGroup } from '../command-manifest.ts';

export const stepCommands: CommandGroup = {
  name: 'step',
  text: 'the steps of `up`, one at a time, each only where the evidence calls for it',
  commands: [
    {
      name: 'list',
      text: 'list the steps (needs no cluster)',
      examples: [['rekindle step list', 'their names']],
      load: async () => (await import('./step.ts')).stepListCommand,
    },
    {
      name: 'run <name>',
      text: 'run one step where the evidence calls for it; else change nothing and say so',
      examples: [
        ['rekindle step run sync-pooler-credentials', "PgBouncer's password"],
        ['rekindle step run wait-for-database', 'changes nothing; waits for a write'],
        ['rekindle step run start-cluster --json', 'what was done and proven, as JSON'],
      ],
      load: async () => (await import('./step.ts')).stepRunCommand,
    },
  ],
};
