import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { runCommand, type CommandOptions, type CommandResult } from '../command.ts';
import type { LabIdentity } from '../identity.ts';
import { eventually } from '../source/eventually.ts';
import { bootMachine, machinePlaces, runningMachine, type RunningMachine } from '../source/machine.ts';
import { cutMachine, type CutMode, type MachineCut } from '../source/power-cut.ts';
import { clearLeftovers, removeMachine } from '../source/remove-machine.ts';
import { insideArgv } from './inside.ts';

/** How long a PC may take until its systemd has started everything that it is to start, ms. */
const bootMs = 120_000;

/** Who runs a program in the PC. */
export interface RunOptions extends CommandOptions {
  /** Name of a user of the PC; root when it is not given. */
  readonly user?: string;
}

/**
 * A PC of its own, without a cluster, that is run by systemd and has a Docker engine. What is installed in it is there
 * after a cut, as far as it was synced.
 */
export class SystemdPc {
  readonly #identity: LabIdentity;
  readonly #root: string;
  readonly #log: (line: string) => void;

  /** `root`: its root file system, of `pcRoot`. */
  constructor(identity: LabIdentity, root: string, log: (line: string) => void) {
    this.#identity = identity;
    this.#root = root;
    this.#log = log;
  }

  /** Boots and waits until systemd has nothing more to start. Resolves with what it says of itself (systemctl(1), is-system-running). */
  async boot(): Promise<string> {
    const { stateDir } = this.#identity;
    if ((await runningMachine(stateDir)) === undefined) await clearLeftovers(this.#identity);
    const parts = { identity: this.#identity, engineRoot: this.#root, order: [], init: 'systemd' } as const;
    await bootMachine(parts, this.#log);
    let state = '';
    await eventually(
      bootMs,
      'end of the start-up',
      async () => {
        const asked = await this.run(['systemctl', 'is-system-running', '--wait'], { timeoutSeconds: 60 });
        state = asked.stdout.trim();
        return ['running', 'degraded'].includes(state);
      },
      100,
    );
    return state;
  }

  /** Runs a program in the PC. Throws when the PC is off, and CommandFailed as `runCommand` does. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const { user, ...others } = options;
    const as = user === undefined ? [] : ['runuser', '-u', user, '--', 'env', `HOME=/home/${user}`];
    return runCommand(insideArgv(await this.#running(), [...as, ...argv]), others);
  }

  /** What the program printed; it must succeed. Throws CommandFailed. */
  async output(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    return (await this.run(argv, { ...options, check: true })).stdout;
  }

  /** Copies a file of the host into the PC; its folder must be there. It belongs to root. */
  async put(file: string, target: string, mode = 0o644): Promise<void> {
    const { run } = machinePlaces(this.#identity.stateDir);
    const half = path.join(run, 'put');
    await mkdir(run, { recursive: true });
    await copyFile(file, half);
    await chmod(half, mode);
    await this.output(['cp', '--preserve=mode', half, target]);
    await rm(half);
  }

  /** Cuts its power. */
  async cut(mode: CutMode = 'power-loss'): Promise<MachineCut> {
    return cutMachine(this.#identity, mode);
  }

  /** Removes it with all that is in it, whatever state it is in. */
  async remove(): Promise<void> {
    await removeMachine(this.#identity);
  }

  async #running(): Promise<RunningMachine> {
    const machine = await runningMachine(this.#identity.stateDir);
    if (machine === undefined) throw new Error('the PC is off');
    return machine;
  }
}
