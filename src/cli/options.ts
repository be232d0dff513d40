import { InvalidArgumentError, Option, type Command } from 'commander';

/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly context?: string;
  readonly stack?: string;
  readonly namespace?: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly verbose?: boolean;
  readonly journal?: string;
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Parses `90s`, `5m`, `1h` into milliseconds; throws commander's InvalidArgumentError. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit ?? ''] ?? Number.NaN);
  if (!Number.isFinite(ms) || ms <= 0) throw new InvalidArgumentError('write a time as 90s, 5m or 1h.');
  return ms;
}

/** Parses a number of things, 1 to 99999; throws commander's InvalidArgumentError. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('write a number from 1 to 99999.');
  return Number(text);
}

/** Adds the common options to a command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'one JSON document on stdout, for an error as well')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--stack <file>', 'stack file (default: ./rekindle.yaml, then that of the context)')
    .option('--namespace <name>', 'namespace of the stack')
    .addOption(
      new Option('--timeout <time>', 'longest time to try, where a command waits: 90s, 5m, 1h')
        .argParser(parseDuration)
        .default(300_000, '5m'),
    )
    .option('--journal <file>', 'journal database (default: in the state folder)')
    .option('-v, --verbose', 'show every pass: each look, the plan and what was refused');
}
