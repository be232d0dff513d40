import process from 'node:process';

import { execa, type Options } from 'execa';

/** What a finished program left: its output as text and its exit code (124 when it ran out of time, as `timeout` says it). */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface CommandOptions {
  readonly input?: string;
  readonly timeoutSeconds?: number;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Throw CommandFailed when the exit code is not 0. */
  readonly check?: boolean;
}

/** A program that could not be started or ended with a code other than 0; the message ends with what it said last. */
export class CommandFailed extends Error {
  readonly result: CommandResult;

  constructor(argv: readonly string[], result: CommandResult) {
    const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-15).join('\n');
    super(`${argv.join(' ').slice(0, 300)}: exit code ${result.exitCode}\n${said}`);
    this.name = 'CommandFailed';
    this.result = result;
  }
}

/** The options in execa's words; nothing is inherited beside this process's environment. */
function execaOptions(options: CommandOptions): Options {
  return {
    reject: false,
    env: { ...process.env, ...options.env },
    extendEnv: false,
    stripFinalNewline: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  };
}

function exitCodeOf(finished: {
  readonly timedOut: boolean;
  readonly exitCode?: number | undefined;
}): number {
  return finished.timedOut ? 124 : (finished.exitCode ?? 128);
}

/** Runs a program without a shell. Throws CommandFailed only when asked to (`check`) or when it cannot be started. */
export async function runCommand(
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const [program = '', ...args] = argv;
  const finished = await execa(program, args, execaOptions(options));
  const started = finished.exitCode !== undefined || finished.signal !== undefined || finished.timedOut;
  const said = String(finished.stderr ?? '');
  const result = {
    stdout: String(finished.stdout ?? ''),
    stderr: started ? said : `${said}${finished.message ?? ''}`,
    exitCode: exitCodeOf(finished),
  };
  if (!started || (options.check === true && result.exitCode !== 0)) throw new CommandFailed(argv, result);
  return result;
}

/** Runs a program that must succeed and returns what it printed. Throws CommandFailed. */
export async function output(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  return (await runCommand(argv, { ...options, check: true })).stdout;
}
