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

/** Identity helper: the command's own options are those that its flags declare, which the type system cannot see. */
export function defineCommand<Own>(
  manifest: Omit<CommandManifest, 'load'> & { readonly load: () => Promise<Run<Own>> },
): CommandManifest {
  return manifest as CommandManifest;
}

/** The examples as a block of help. */
export function examplesText(examples: CommandManifest['examples']): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`);
  return `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`;
}
