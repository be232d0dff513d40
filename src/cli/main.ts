#!/usr/bin/env node
import process from 'node:process';

import { Command, CommanderError } from 'commander';

import { interruptSignal, version } from '../app/wire.ts';
import { redact } from '../record/redact.ts';
import { historyCommand } from './commands/history.ts';
import { initCommand } from './commands/init.ts';
import { diagnoseCommand, planCommand, statusCommand, verifyCommand } from './commands/look.ts';
import { stepListCommand, stepRunCommand } from './commands/step.ts';
import { up } from './commands/up.ts';
import { exitCodes } from './exit-code.ts';
import { withCommonOptions, type CommonOptions } from './options.ts';

type Run = (options: CommonOptions, signal: AbortSignal) => Promise<number> | number;

const simple: readonly {
  readonly name: string;
  readonly text: string;
  readonly example: string;
  readonly run: Run;
}[] = [
  {
    name: 'up',
    text: 'bring the stack back and prove it by a write through the front door',
    example: 'rekindle up --timeout 3m',
    run: up,
  },
  {
    name: 'status',
    text: 'say in one sentence whether the stack is usable (reads only)',
    example: 'rekindle status',
    run: statusCommand,
  },
  {
    name: 'verify',
    text: 'prove it now: two writes through the front door',
    example: 'rekindle verify --json',
    run: verifyCommand,
  },
  {
    name: 'diagnose',
    text: 'show what is wrong, why, and the evidence (reads only)',
    example: 'rekindle diagnose',
    run: diagnoseCommand,
  },
  {
    name: 'plan',
    text: 'show exactly what `up` would do now (reads only)',
    example: 'rekindle plan',
    run: planCommand,
  },
  {
    name: 'history',
    text: 'show what was seen, done and proven before',
    example: 'rekindle history',
    run: historyCommand,
  },
  {
    name: 'init',
    text: 'write down the stack that is there as rekindle.yaml',
    example: 'rekindle init --namespace jewelry-shop',
    run: initCommand,
  },
];

function program(done: (code: number) => void): Command {
  const signal = interruptSignal();
  const root = new Command('rekindle')
    .description(
      'Brings a local Kubernetes stack back after the power comes back, with proof, never at the price of data.',
    )
    .version(version())
    .exitOverride();
  for (const { name, text, example, run } of simple) {
    withCommonOptions(root.command(name).description(text))
      .addHelpText('after', `\nExample:\n  ${example}`)
      .action(async (options: CommonOptions) => done(await run(options, signal)));
  }
  const step = root.command('step').description('the steps of `up`, one by one');
  withCommonOptions(step.command('list').description('list the steps'))
    .addHelpText('after', '\nExample:\n  rekindle step list')
    .action((options: CommonOptions) => done(stepListCommand(options)));
  withCommonOptions(step.command('run <name>').description('run one step if the evidence calls for it'))
    .addHelpText('after', '\nExample:\n  rekindle step run sync-pooler-credentials')
    .action(async (name: string, options: CommonOptions) =>
      done(await stepRunCommand(name, options, signal)),
    );
  return root;
}

/** Names of errors that mean: the command was not understood, or it is not clear what is meant. */
const usageErrors = new Set(['StackFileInvalid', 'TargetUnclear', 'KubeConfigUnusable']);
const couldNotTell = new Set(['EngineUnreachable', 'ClusterUnreachable', 'Forbidden']);

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const name = error instanceof Error ? error.name : '';
  if (usageErrors.has(name)) return exitCodes.usage;
  return couldNotTell.has(name) ? exitCodes.couldNotTell : exitCodes.broken;
}

async function main(): Promise<number> {
  let code: number = exitCodes.healthy;
  try {
    await program((result) => {
      code = result;
    }).parseAsync();
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      process.stderr.write(`rekindle: ${redact(error instanceof Error ? error.message : String(error))}\n`);
    }
    return codeOf(error);
  }
}

process.exitCode = await main();
