import type { CommonOptions } from './options.ts';

/** Runs a command; `given` are its arguments in order. Resolves with the exit code. */
export type Run<Own = unknown> = (
  options: CommonOptions & Own,
  signal: AbortSignal,
  given: readonly string[],
) => Promise<number> | number;

/** An option of one command: commander's flags, its text, and how its value is read. */
export type Flag = readonly [flags: string, text: string, parse?: (text: string) => unknown];

/** One command. Its code is loaded when it is used: help and a typing error need no client. */
export interface CommandManifest {
  /** With its arguments as commander writes them: `run <name>`. */
  readonly name: string;
  readonly text: string;
  /** Command lines with what each is for; the help shows them. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  readonly flags?: readonly Flag[];
  readonly load: () => Promise<Run>;
}

/** Commands under a common word. */
export interface CommandGroup {
  readonly name: string;
  readonly text: string;
  readonly commands: readonly (CommandManifest | CommandGroup)[];
}

/** Commands that are for the same moment, under a title in the help. */
export interface CommandSection {
  readonly title: string;
  readonly commands: readonly (CommandManifest | CommandGroup)[];
}

/** Identity helper: the command's own options are those that its flags declare, which the type system cannot see. */
export function defineCommand<Own>(
  manifest: Omit<CommandManifest, 'load'> & { readonly load: () => Promise<Run<Own>> },
): CommandManifest {
  return manifest as CommandManifest;
}

/** Columns of a terminal in which the help fits. */
const columns = 80;

/** The examples as a block of help: a line each, or two where one would be longer than a terminal is wide. */
export function examplesText(examples: CommandManifest['examples']): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const inOne = examples.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`);
  const inTwo = examples.map(([line, purpose]) => `  ${line}\n      ${purpose}`);
  const lines = inOne.every((line) => line.length <= columns) ? inOne : inTwo;
  return `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`;
}
