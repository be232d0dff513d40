import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

import { execa } from 'execa';

import type { RigLab } from './rig-lab.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

/** A program of this project that runs inside the lab's network, outside the cluster. */
export interface LabProcess {
  /** Of the program itself: what puts it into the lab's network becomes it. */
  readonly pid: number;
  /** Everything it wrote to standard error so far. */
  readonly errors: () => string;
  /** Resolves with the exit code; a death by signal is 128. */
  readonly ended: Promise<number>;
  /** Asks it to end by closing its standard input, and waits; kills it after `seconds`. */
  readonly stop: (seconds?: number) => Promise<void>;
  /** Ends it as a loss of power would. */
  readonly kill: () => Promise<void>;
}

/** Starts `node FILE ARGS` (FILE from the root of the checkout); every line of its standard output goes to `onLine`. */
export function startInLab(
  lab: RigLab,
  file: string,
  args: readonly string[],
  options: { readonly onLine: (line: string) => void; readonly env?: Readonly<Record<string, string>> },
): LabProcess {
  const argv = lab.command([process.execPath, path.join(root, file), ...args]);
  const [program = '', ...rest] = argv;
  const child = execa(program, rest, {
    cwd: root,
    env: { ...lab.env(), ...options.env },
    stdin: 'pipe',
    buffer: false,
    reject: false,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  createInterface({ input: child.stdout }).on('line', options.onLine);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = child.then((result) => result.exitCode ?? 128);
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    pid,
    errors: () => errors,
    ended,
    kill,
    stop: async (seconds = 15) => {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
      await ended;
      clearTimeout(timer);
    },
  };
}
