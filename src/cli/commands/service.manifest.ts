import { defineCommand, type CommandGroup } from '../command-manifest.ts';
import type { InstallOptions, LogsOptions, ScopeOptions, UninstallOptions } from './service-options.ts';
import { parseCount } from '../options.ts';
import { scope } from './service-flags.ts';

export const serviceCommands: CommandGroup = {
  name: 'service',
  text: 'install the agent, which brings the stack back after each boot by itself',
  commands: [
    defineCommand<InstallOptions>({
      name: 'install',
      text: 'install and start the agent, or change how it is installed',
      examples: [
        ['rekindle service install', 'a unit of your own; says when it would not start without a login'],
        ['sudo rekindle service install --system --run-as alice', "the machine's unit, as user alice"],
        ['rekindle service install --dry-run', 'what it would do; changes nothing'],
        ['rekindle service install --stack shop.yaml', 'for this stack; keeps everything else as it was'],
      ],
      flags: [
        ...scope,
        ['--run-as <user>', 'with --system: who has the kubeconfig and may use the container engine'],
        ['--dry-run', 'say what would be done, with the whole unit, and change nothing'],
        ['--print', 'print the unit alone, to be installed by other means; for macOS and Windows as well'],
      ],
      load: async () => (await import('./service-install.ts')).serviceInstallCommand,
    }),
    defineCommand<UninstallOptions>({
      name: 'uninstall',
      text: 'stop the agent and remove its unit; the journal stays unless --purge is given',
      examples: [
        ['rekindle service uninstall', 'the unit of your own'],
        ['sudo rekindle service uninstall --system --purge', 'and the journal with it'],
      ],
      flags: [...scope, ['--purge', 'remove the journal and the other files of the state folder as well']],
      load: async () => (await import('./service-uninstall.ts')).serviceUninstallCommand,
    }),
    defineCommand<ScopeOptions>({
      name: 'status',
      text: 'show whether the agent runs, its last proof, and whether its files are as installed',
      examples: [
        ['rekindle service status', 'one screen; 0 all is well, 1 something is not, 2 could not look'],
        ['sudo rekindle service status --system', "with the last proof of another user's agent"],
      ],
      flags: scope,
      load: async () => (await import('./service-status.ts')).serviceStatusCommand,
    }),
    defineCommand<LogsOptions>({
      name: 'logs',
      text: "show the agent's log",
      examples: [
        ['rekindle service logs', 'the last 50 lines'],
        ['rekindle service logs -f', 'and every new one, until Ctrl-C'],
      ],
      flags: [
        ...scope,
        ['-f, --follow', 'go on with every new line'],
        ['-n, --lines <count>', 'how many of the last lines (default: 50)', parseCount],
      ],
      load: async () => (await import('./service-logs.ts')).serviceLogsCommand,
    }),
    {
      name: 'self-test',
      text: 'ask whether the agent could work here, as this user (reads only)',
      examples: [['rekindle service self-test', '0 yes, 1 no, 2 could not look']],
      load: async () => (await import('./service-self-test.ts')).serviceSelfTestCommand,
    },
  ],
};
