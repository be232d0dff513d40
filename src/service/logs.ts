import { createInterface } from 'node:readline';

import { execa } from 'execa';

import type { Manager } from './manager.ts';
import { ServiceFailed } from './refused.ts';
import type { Run } from './run.ts';
import { neededTool } from './tools.ts';
import { unitName } from './units/systemd-unit.ts';

function journalctl({ scope }: Manager, lines: number, more: readonly string[]): readonly string[] {
  const unit = scope === 'user' ? '--user-unit' : '--unit';
  return [
    neededTool('journalctl'),
    `${unit}=${unitName}`,
    `--lines=${lines}`,
    '--no-pager',
    '--quiet',
    ...more,
  ];
}

/** The last lines of the agent's log, oldest first. Throws ServiceFailed. */
export async function lastLines(manager: Manager, lines: number, run: Run): Promise<readonly string[]> {
  const argv = journalctl(manager, lines, ['--output=short-iso']);
  const { code, stdout, said } = await run(argv, manager.environment);
  if (code === 0) return stdout.split('\n').filter((line) => line !== '');
  throw new ServiceFailed({
    what: 'The log cannot be read',
    cause: said || `exit code ${code}`,
    place: argv.join(' '),
    next: 'A system unit has its log in the journal of the machine: try with sudo, or join the group systemd-journal.',
  });
}

/** Gives the last lines and then each new one, until the signal fires. Throws ServiceFailed when journalctl ends by itself. */
export async function followLines(
  manager: Manager,
  lines: number,
  take: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const [program = '', ...args] = journalctl(manager, lines, ['--output=short-iso', '--follow']);
  const child = execa(program, args, {
    env: { LC_ALL: 'C.UTF-8', ...manager.environment },
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    cancelSignal: signal,
  });
  for await (const line of createInterface({ input: child.stdout })) take(line);
  const { exitCode } = await child;
  if (signal.aborted) return;
  throw new ServiceFailed({
    what: 'The log ended',
    cause: `journalctl ended with ${exitCode}`,
    place: unitName,
    next: 'Try it by hand: journalctl -u rekindle.service -f',
  });
}
