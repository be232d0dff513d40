import { defineCommand, type CommandManifest, type CommandSection } from './command-manifest.ts';
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

const diagnose: CommandManifest = {
  name: 'diagnose',
  text: 'show what is wrong, why, and the evidence (reads only)',
  examples: [
    ['rekindle diagnose', 'everything that is known; then: rekindle plan'],
    ['rekindle diagnose --namespace jewelry-shop', 'when two namespaces hold a database'],
  ],
  load: async () => (await import('./commands/look.ts')).diagnoseCommand,
};

const plan: CommandManifest = {
  name: 'plan',
  text: 'show exactly what `up` would do now (reads only)',
  examples: [['rekindle plan', 'steps, refusals, what is waited for; then: rekindle up']],
  load: async () => (await import('./commands/look.ts')).planCommand,
};

const up = defineCommand<UpOptions>({
  name: 'up',
  text: 'bring the stack back, and prove it by a write through the front door',
  examples: [
    ['rekindle up', 'until it is proven, for 5 minutes at most'],
    ['rekindle up --dry-run', 'what it would do; the same as `rekindle plan`'],
    ['rekindle up --timeout 3m', 'give up earlier'],
    ['rekindle up --copy-out ./copies', 'also a crashed pod with files in an emptyDir'],
    ['rekindle up -v', 'with every look, the plan, and why not'],
    ['rekindle up --json 2>/dev/null', 'one JSON document, for programs'],
  ],
  flags: [
    ['--dry-run', 'show what would be done now and change nothing'],
    [
      '--copy-out <folder>',
      'also restart a pod that waits out a crash back-off and keeps files in an emptyDir: they are copied into this ' +
        'folder and compared first, then put into the new pod; the copy stays',
    ],
  ],
  load: async () => (await import('./commands/up.ts')).up,
});

const verify: CommandManifest = {
  name: 'verify',
  text: 'prove that it works now: two writes through the front door',
  examples: [
    ['rekindle verify', 'by the declared write; without one by reading only'],
    ['rekindle verify --json', 'the proof as JSON'],
  ],
  load: async () => (await import('./commands/look.ts')).verifyCommand,
};

const status: CommandManifest = {
  name: 'status',
  text: 'say in one sentence whether the stack is usable (reads only)',
  examples: [
    ['rekindle status', 'one look'],
    ['rekindle status --context k3d-shop', 'of this cluster'],
  ],
  load: async () => (await import('./commands/look.ts')).statusCommand,
};

const history = defineCommand<{ last?: number }>({
  name: 'history',
  text: 'show what was seen, done and proven before (reads only)',
  examples: [
    ['rekindle history', 'the last 200 events; needs no cluster'],
    ['rekindle history --last 1000', 'further back'],
    ['rekindle history --journal copy.db', 'of another journal'],
  ],
  flags: [['--last <count>', 'how many of the newest events (default: 200)', parseCount]],
  load: async () => (await import('./commands/history.ts')).historyCommand,
});

const watch: CommandManifest = {
  name: 'watch',
  text: 'be the agent, here and now: do what `up` does after a boot and whenever the stack breaks',
  examples: [
    ['rekindle watch', 'until Ctrl-C; at each boot: rekindle service install'],
    ['rekindle watch --json', 'every event as one line of JSON'],
  ],
  load: async () => (await import('./commands/watch.ts')).watchCommand,
};

const pause = defineCommand<PauseOptions>({
  name: 'pause <time>',
  text: 'let the agent act on nothing for a while, a week at most',
  examples: [['rekindle pause 2h --reason "upgrade of PostgreSQL"', 'it still looks']],
  flags: [['--reason <text>', 'why, for whoever wonders']],
  load: async () => (await import('./commands/pause.ts')).pauseCommand,
});

const resume: CommandManifest = {
  name: 'resume',
  text: 'end a pause',
  examples: [['rekindle resume', 'the agent acts again']],
  load: async () => (await import('./commands/pause.ts')).resumeCommand,
};

const drill = defineCommand<DrillOptions>({
  name: 'drill',
  text: 'rehearse a loss of power: end the whole cluster at once, bring it back, look for the writes of before',
  examples: [
    ['rekindle drill', 'shows what it would end, and asks'],
    ['rekindle drill --yes --json', 'for programs; `rekindle report` knows it then'],
  ],
  flags: [['--yes', 'do it without asking']],
  load: async () => (await import('./commands/drill.ts')).drill,
});

const init: CommandManifest = {
  name: 'init',
  text: 'write down the stack that was found, as rekindle.yaml',
  examples: [
    ['rekindle init', 'into ./rekindle.yaml, never over a file that is there'],
    ['rekindle init --stack ~/.config/rekindle/k3d-shop.yaml', 'found from every folder'],
  ],
  load: async () => (await import('./commands/init.ts')).initCommand,
};

/** Every command, in the order of the help: what is needed first when a stack is broken, then what spares that. */
export const sections: readonly CommandSection[] = [
  {
    title: 'The stack is broken now:',
    commands: [diagnose, plan, up, verify, status, history, stepCommands],
  },
  { title: 'So that it comes back by itself:', commands: [serviceCommands, watch, pause, resume, drill] },
  { title: 'So that it comes back sooner:', commands: [init, poolerCommands, hardenCommand] },
  {
    title: 'Its data, and the way out:',
    commands: [backupCommands, reportCommand, exportCommand, migrateCommands],
  },
];
