import { homedir } from 'node:os';
import process from 'node:process';

import { execa } from 'execa';

import { plainLine } from '../domain/plain-text.ts';
import { ExplainedError } from '../record/explained-error.ts';
import { redact } from '../record/redact.ts';
import { userTool } from '../service/tools.ts';

/** A program of somebody else's that an export needs is not on this machine. */
export class ProgramMissing extends ExplainedError {
  override readonly name = 'ProgramMissing';
}

/** A program of somebody else's did not do what it was asked to. */
export class ProgramFailed extends ExplainedError {
  override readonly name = 'ProgramFailed';
}

/** Longest time that one call may take, ms: none of them asks a network. */
const longestMs = 60_000;

/** Where a program is found; a parameter for tests. */
export interface ProgramPlaces {
  readonly path: string;
  readonly home: string;
}

/** The places of this process. */
export const ownPlaces = (): ProgramPlaces => ({
  path: process.env['PATH'] ?? '',
  home: process.env['HOME'] ?? homedir(),
});

/** Absolute path of one of the user's programs: the first of the names that is there. Throws ProgramMissing with `install`. */
export function neededProgram(
  names: readonly string[],
  { path, home }: ProgramPlaces,
  install: string,
): string {
  for (const name of names) {
    const found = userTool(name, path, home);
    if (found !== undefined) return found;
  }
  throw new ProgramMissing({
    what: `The program ${names.join(' or ')} is missing`,
    cause: 'no folder of PATH has it, nor /usr/local/bin, ~/.local/bin or ~/bin',
    place: names.join(', '),
    next: install,
  });
}

export interface Call {
  /** Absolute path of the program, and its arguments: no secret is ever among them. */
  readonly argv: readonly [string, ...string[]];
  /** Given on standard input. */
  readonly input?: string;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program without a shell and gives its standard output as it came. It gets PATH and HOME and nothing else of this
 * process: keys and recipients in the environment of whoever exports must not end up in the result. Throws ProgramFailed.
 */
export async function outputOf({
  argv: [program, ...args],
  input,
  cwd = '/',
  signal,
}: Call): Promise<string> {
  const { path, home } = ownPlaces();
  const ended = await execa(program, args, {
    env: { PATH: path, HOME: home, LC_ALL: 'C.UTF-8' },
    extendEnv: false,
    cwd,
    reject: false,
    preferLocal: false,
    stripFinalNewline: false,
    timeout: longestMs,
    maxBuffer: 64 * 1024 * 1024,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (ended.exitCode === 0) return ended.stdout;
  throw new ProgramFailed({
    what: `${program} ${args[0] ?? ''} did not succeed`,
    // It may quote what it was given.
    cause: plainLine(
      redact(ended.stderr.trim() || ended.shortMessage || `exit code ${ended.exitCode ?? '?'}`),
    ),
    place: program,
    next: 'Read the cause; nothing was written.',
  });
}
