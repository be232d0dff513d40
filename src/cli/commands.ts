import { defineCommand, type CommandGroup, type CommandManifest } from './command-manifest.ts';
import type { DrillOptions } from './commands/drill-options.ts';
import type { PauseOptions } from './commands/pause-options.ts';
import type { UpOptions } from './commands/up-options.ts';
import { backupCommands } from './commands/backup.manifest.ts';
import { exportCommand } from './commands/export.manifest.ts';
import { hardenCommand } from './commands/harden.manifest.ts';
import { migrateCommands } from './commands/migrate.manifest.ts';
import { poolerCommands } from './commands/pooler.manifest.ts';
import { reportCommand } from './commands/report.manifest.ts';
import { serviceCommands } from './commands/service.manifest.ts';
import { parseCount } from './options.ts';
import { stepCommands } from './commands/step.manifest.ts';

/** Every command, in the order of the help. */
export const commands: readonly (CommandManifest | CommandGroup)[] = [
  defineCommand<UpOptions>({
    name: 'up',
    text: 'bring the stack back and prove it by a write through the front door',
    examples: [
      ['rekindle up', 'until it is proven, for 5 minutes at most'],
      ['rekindle up --dry-run', 'what it would do now; changes nothing, as `rekindle plan`'],
      ['rekindle up --timeout 3m', 'give up earlier'],
      ['rekindle up --copy-out ./copies', 'also restart a crashed pod that keeps files in an emptyDir'],
      ['rekindle up -v', 'with every pass: what was looked at, what was planned and why not'],
      ['rekindle up --json 2>/dev/null', 'one JSON document, for programs'],
    ],
    flags: [
      ['--dry-run', 'show what would be done now and change nothing, as `rekindle plan`'],
      [
        '--copy-out <folder>',
        'restart a pod that waits out a crash back-off although it keeps files in an emptyDir: copy them below this ' +
          'folder, delete the pod when the copy is compared and on disk, put them into the new pod, compare again; ' +
          'the copy stays',
      ],
    ],
    load: async () => (await import('./commands/up.ts')).up,
  }),
  defineCommand<DrillOptions>({
    name: 'drill',
    text: 'rehearse a loss of power: prove the stack, end all of it at once, bring it back, look for what was written',
    examples: [
      ['rekindle drill', 'shows what it would end, and asks'],
      ['rekindle drill --yes --json', 'for programs; the journal and `rekindle report` know it afterwards'],
    ],
    flags: [['--yes', 'do it without asking']],
    load: async () => (await import('./commands/drill.ts')).drill,
  }),
  {
    name: 'watch',
    text: 'stay: bring the stack back after a boot and whenever it breaks, and call a person when that does not help',
    examples: [
      ['rekindle watch', 'in the foreground; `rekindle service install` keeps it running'],
      ['rekindle watch --json', 'every event as one line of JSON'],
    ],
    load: async () => (await import('./commands/watch.ts')).watchCommand,
  },
  defineCommand<PauseOptions>({
    name: 'pause <time>',
    text: 'let the agent act on nothing for a while',
    examples: [['rekindle pause 2h --reason "upgrade of PostgreSQL"', 'it still looks']],
    flags: [['--reason <text>', 'why, for whoever wonders']],
    load: async () => (await import('./commands/pause.ts')).pauseCommand,
  }),
  {
    name: 'resume',
    text: 'end a pause',
    examples: [['rekindle resume', 'the agent acts again']],
    load: async () => (await import('./commands/pause.ts')).resumeCommand,
  },
  {
    name: 'status',
    text: 'say in one sentence whether the stack is usable (reads only)',
    examples: [
      ['rekindle status', 'one look'],
      ['rekindle status --context k3d-shop', 'of this cluster'],
    ],
    load: async () => (await import('./commands/look.ts')).statusCommand,
  },
  {
    name: 'verify',
    text: 'prove it now: two writes through the front door',
    examples: [
      ['rekindle verify', 'with the declared write, or by reading when none is declared'],
      ['rekindle verify --json', 'the proof as JSON'],
    ],
    load: async () => (await import('./commands/look.ts')).verifyCommand,
  },
  {
    name: 'diagnose',
    text: 'show what is wrong, why, and the evidence (reads only)',
    examples: [
      ['rekindle diagnose', 'everything that is known'],
      ['rekindle diagnose --namespace jewelry-shop', 'when two namespaces hold a database'],
    ],
    load: async () => (await import('./commands/look.ts')).diagnoseCommand,
  },
  {
    name: 'plan',
    text: 'show exactly what `up` would do now (reads only)',
    examples: [['rekindle plan', 'steps, refusals with their reasons, and what is waited for']],
    load: async () => (await import('./commands/look.ts')).planCommand,
  },
  defineCommand<{ last?: number }>({
    name: 'history',
    text: 'show what was seen, done and proven before',
    examples: [
      ['rekindle history', 'the last 200 events; needs no cluster'],
      ['rekindle history --last 1000', 'further back'],
      ['rekindle history --journal copy.db', 'of another journal'],
    ],
    flags: [['--last <count>', 'how many of the newest events (default: 200)', parseCount]],
    load: async () => (await import('./commands/history.ts')).historyCommand,
  }),
  {
    name: 'init',
    text: 'write down the stack that is there as rekindle.yaml',
    examples: [
      ['rekindle init', 'into ./rekindle.yaml, never over a file that is there'],
      ['rekindle init --stack ~/.config/rekindle/k3d-shop.yaml', 'found from every folder'],
    ],
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  poolerCommands,
  hardenCommand,
  backupCommands,
  reportCommand,
  exportCommand,
  migrateCommands,
  serviceCommands,
  stepCommands,
];
