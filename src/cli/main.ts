#!/usr/bin/env node
import process from 'node:process';

import { tell } from './answer.ts';
import { exitCodes } from './exit-code.ts';
import { failureDocument, failureOf, type Failure } from './failure.ts';
import { interruptSignal } from './process.ts';
import { program } from './program.ts';

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
    const done = (result: number) => {
      code = result;
    };
    await program({ signal, done }).parseAsync();
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
