#!/usr/bin/env node
import process from 'node:process';

import { Command, Option, type CommanderError } from 'commander';

import { tell } from './answer.ts';
import { examplesText, type CommandGroup, type CommandManifest } from './command-manifest.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit-code.ts';
import { CommandMisused, failureDocument, failureOf, type Failure } from './failure.ts';
import { withCommonOptions, type CommonOptions } from './options.ts';
import { interruptSignal, version } from './process.ts';

const answersText = `
Exit codes: 0 usable as far as the proof reaches, 1 broken or still settling, 2 could not tell,
64 wrong use or input, 130 interrupted. With --json standard output holds one JSON document and nothing else,
{"schema": "rekindle.dev/v1alpha1/error", ...} when there is no answer; progress goes to standard error.

Stack file: --stack, else ./rekindle.yaml, else \${XDG_CONFIG_HOME:-~/.config}/rekindle/<context>.yaml; what is in
none of them is discovered.

Begin with: rekindle diagnose`;

interface Ending {
  readonly signal: AbortSignal;
  readonly done: (code: number) => void;
}

/** A command as it is typed: `rekindle step run`. */
function typed(command: Command): string {
  return command.parent === null ? command.name() : `${typed(command.parent)} ${command.name()}`;
}

/** Errors are thrown with the command that they are about, and told in one place, `report`. */
function throwing(command: Command): Command {
  return command.exitOverride((error: CommanderError) => {
    throw new CommandMisused(typed(command), error);
  });
}

function add(parent: Command, entry: CommandManifest | CommandGroup, ending: Ending): void {
  const command = throwing(parent.command(entry.name).description(entry.text));
  if ('commands' in entry) {
    for (const member of entry.commands) add(command, member, ending);
    return;
  }
  const { examples, flags = [], load } = entry;
  withCommonOptions(command);
  for (const [flag, about, parse] of flags) {
    const option = new Option(flag, about);
    command.addOption(parse === undefined ? option : option.argParser(parse));
  }
  command.addHelpText('after', examplesText(examples)).action(async () => {
    const run = await load();
    ending.done(await run(command.opts<CommonOptions>(), ending.signal, command.args));
  });
}

function program(signal: AbortSignal, done: (code: number) => void): Command {
  const root = throwing(new Command('rekindle'))
    .description(
      'Brings a local Kubernetes stack back after the power comes back, with proof, never at the price of data.',
    )
    .version(version())
    .addHelpText('after', answersText)
    .configureOutput({ outputError: () => undefined });
  for (const entry of commands) add(root, entry, { signal, done });
  return root;
}

/** Tells why there is no answer: one line on stderr, and with `--json` a document on stdout as well. */
function report(failure: Failure): number {
  tell(`rekindle: ${failure.message}`);
  if (process.argv.includes('--json')) process.stdout.write(failureDocument(failure));
  return failure.code;
}

async function main(): Promise<number> {
  let code: number = exitCodes.healthy;
  const signal = interruptSignal();
  // A reader that went away (`rekindle plan | head -1`) is no error of ours.
  process.stdout.on('error', () => process.exit(code));
  try {
    await program(signal, (result) => {
      code = result;
    }).parseAsync();
    return code;
  } catch (error) {
    const failure = failureOf(error, signal);
    return failure === undefined ? exitCodes.healthy : report(failure);
  }
}

/** Without `await` at the top level: the single executable is CommonJS, which has none. */
async function end(): Promise<void> {
  // If nothing is left that could bring an answer, Node ends the process here: that must not look like success. Not set
  // before: commander would take it for its own.
  process.once('exit', () => {
    process.exitCode ??= exitCodes.couldNotTell;
  });
  process.exitCode = await main();
}

void end();
