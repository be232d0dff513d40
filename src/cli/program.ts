import { Command, Option, type CommanderError } from 'commander';

import { examplesText, type CommandGroup, type CommandManifest, type Flag } from './command-manifest.ts';
import { sections } from './commands.ts';
import { CommandMisused } from './failure.ts';
import { withCommonOptions, type CommonOptions } from './options.ts';
import { version } from './process.ts';

const answersText = `
Exit codes: 0 usable as far as the proof reaches, 1 broken or still settling,
2 could not tell, 64 wrong use or input, 130 interrupted.

With --json standard output holds one JSON document and nothing else, for an
error as well ("schema": "rekindle.dev/v1alpha1/error"); progress goes to
standard error.

Stack file: --stack, else ./rekindle.yaml, else
\${XDG_CONFIG_HOME:-~/.config}/rekindle/<context>.yaml; what is in none of them
is discovered.

Options and examples of a command: rekindle COMMAND --help
Is the stack broken now? Begin with: rekindle diagnose`;

/** What happens to a command that was typed. */
export interface Ending {
  readonly signal: AbortSignal;
  readonly done: (code: number) => void;
}

/** A command as it is typed: `rekindle step run`. */
function typed(command: Command): string {
  return command.parent === null ? command.name() : `${typed(command.parent)} ${command.name()}`;
}

/** Errors are thrown with the command that they are about, and told in one place, `main.ts`. */
function throwing(command: Command): Command {
  return command.exitOverride((error: CommanderError) => {
    throw new CommandMisused(typed(command), error);
  });
}

/** A command in the list of its group: with its arguments, and without `[options]`, which nearly every one has. */
function term(command: Command): string {
  const names = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...names].join(' ');
}

/** The command's own options come first; those that all have do not hide them. */
function withOptions(command: Command, flags: readonly Flag[]): void {
  for (const [flag, about, parse] of flags) {
    const option = new Option(flag, about);
    command.addOption(parse === undefined ? option : option.argParser(parse));
  }
  if (flags.length > 0) command.optionsGroup('Options of every command:');
  withCommonOptions(command);
}

function add(parent: Command, entry: CommandManifest | CommandGroup, ending: Ending): void {
  const command = throwing(parent.command(entry.name).description(entry.text));
  if ('commands' in entry) {
    for (const member of entry.commands) add(command, member, ending);
    command.addHelpText('after', `\nOptions and examples: ${typed(command)} COMMAND --help`);
    return;
  }
  const { examples, flags = [], load } = entry;
  withOptions(command, flags);
  command.addHelpText('after', examplesText(examples)).action(async () => {
    const run = await load();
    ending.done(await run(command.opts<CommonOptions>(), ending.signal, command.args));
  });
}

/** The whole program. `parseAsync` runs the command that was typed, and throws CommandMisused and what that throws. */
export function program(ending: Ending): Command {
  const root = throwing(new Command('rekindle'))
    .description(
      'Brings a local Kubernetes stack back after the power comes back, with proof, never at the price of data.',
    )
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    // `rekindle help up` works, and the last lines say the usual way.
    .configureHelp({ subcommandTerm: term, visibleCommands: ({ commands }) => [...commands] })
    .addHelpText('after', answersText)
    .configureOutput({ outputError: () => undefined });
  for (const { title, commands } of sections) {
    root.commandsGroup(title);
    for (const entry of commands) add(root, entry, ending);
  }
  return root;
}
