import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { CommandOptions, CommandResult } from '../../lab/command.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { makeExecutable } from '../../scripts/release/executable.ts';
import type { RigLab } from './rig-lab.ts';

/** What is used of a lab whose PC is run by systemd. */
export interface PcLab extends RigLab {
  readonly kubeconfig: string;
  readonly runWith: (init: 'engine' | 'systemd') => Promise<void>;
  readonly runInPc: (argv: readonly string[], options?: CommandOptions) => Promise<CommandResult>;
  readonly putInPc: (file: string, target: string, mode?: number) => Promise<void>;
}

const root = path.dirname(path.dirname(import.meta.dirname));

/** The user of the PC whose agent it is. */
const user = 'alice';
const home = `/home/${user}`;
const unit = 'rekindle.service';

/** What the agent of the PC costs at one moment. */
export interface AgentSample {
  readonly rssBytes: number;
  readonly openFiles: number;
  readonly cpuSeconds: number;
  readonly ageSeconds: number;
  readonly journalBytes: number;
  readonly events: number;
  readonly actions: number;
  readonly restarts: number;
}

/** Prints kB of memory, open files, ticks of processor time, age in seconds, bytes of the journal, restarts by systemd. */
const sampling = [
  `p=$(systemctl show --property MainPID --value ${unit})`,
  `awk '/^VmRSS/ {print $2}' /proc/$p/status`,
  'ls /proc/$p/fd | wc -l',
  `awk '{print $14 + $15}' /proc/$p/stat`,
  'ps -o etimes= -p $p',
  `cat ${home}/.local/state/rekindle/journal.db* | wc -c`,
  `systemctl show --property NRestarts --value ${unit}`,
].join('; ');

/** The agent as its user installs it on the lab's PC: the executable, a kubeconfig, the stack file and `service install`. */
export class PcAgent {
  readonly #lab: PcLab;

  constructor(lab: PcLab) {
    this.#lab = lab;
  }

  /** Installs the program as it is now; the agent runs and is started at each boot from then on. Throws with the PC's words. */
  async install(): Promise<void> {
    const lab = this.#lab;
    await lab.runWith('systemd');
    await this.#inPc('systemctl', 'is-system-running', '--wait');
    const known = await lab.runInPc(['id', user]);
    if (known.exitCode !== 0)
      await this.#do('useradd', '--create-home', '--shell', '/bin/bash', '--groups', 'docker', user);
    const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-agent-'));
    try {
      const executable = path.join(folder, 'rekindle');
      await makeExecutable(executable);
      await this.#stop();
      await lab.putInPc(executable, '/usr/local/bin/rekindle', 0o755);
      await lab.putInPc(path.join(lab.stateDir, 'bin', 'k3d'), '/usr/local/bin/k3d', 0o755);
      await this.#do('mkdir', '-p', `${home}/.kube`, `${home}/shop`, `${home}/.config/rekindle`);
      await lab.putInPc(lab.kubeconfig, `${home}/.kube/config`, 0o600);
      const stack = path.join(root, 'examples/jewelry-shop/rekindle.yaml');
      await lab.putInPc(stack, `${home}/shop/rekindle.yaml`);
      const settings = path.join(folder, 'agent.yaml');
      await writeFile(settings, 'apiVersion: rekindle.dev/v1alpha1\nkind: Agent\n');
      await lab.putInPc(settings, `${home}/.config/rekindle/agent.yaml`, 0o600);
    } finally {
      await rm(folder, { recursive: true });
    }
    await this.#do('chown', '-R', `${user}:${user}`, home);
    const chosen = ['--context', 'rekindle', '--stack', `${home}/shop/rekindle.yaml`];
    await this.#do('/usr/local/bin/rekindle', 'service', 'install', '--system', '--run-as', user, ...chosen);
    await this.#do('sync');
  }

  /** Whether the agent runs, now and after each boot. */
  async enable(on: boolean): Promise<void> {
    await this.#do('systemctl', on ? 'enable' : 'disable', '--now', unit);
    await this.#do('sync');
  }

  /** What it has logged since that time, ms: all boots of the lab's PC have the kernel's one boot. */
  async log(since: number): Promise<string> {
    const options = [
      '--unit',
      unit,
      '--since',
      `@${Math.floor(since / 1000)}`,
      '--output',
      'short-iso-precise',
    ];
    return (await this.#inPc('journalctl', ...options)).stdout;
  }

  /** `rekindle service status` in the PC. */
  async status(): Promise<CommandResult> {
    return this.#inPc('/usr/local/bin/rekindle', 'service', 'status', '--system');
  }

  /** How it is, by its own word; undefined: it has not said so yet. */
  async state(): Promise<{ readonly state: string; readonly provenAt?: number } | undefined> {
    const file = `${home}/.local/state/rekindle/agent-${this.#lab.cluster}.json`;
    const { stdout, exitCode } = await this.#inPc('cat', file);
    return exitCode === 0 ? (JSON.parse(stdout) as { state: string; provenAt?: number }) : undefined;
  }

  /** Waits until it says that the stack was proven after `since` (ms since the epoch). Throws when it has not after `seconds`. */
  async untilProven(since: number, seconds: number): Promise<void> {
    await waitFor('a proof by the agent', seconds, async () => {
      const state = await this.state();
      return state?.state === 'usable' && (state.provenAt ?? 0) > since ? true : undefined;
    });
  }

  /** What it costs, and what is in its journal. */
  async sample(): Promise<AgentSample> {
    const { stdout } = await this.#lab.runInPc(['/bin/sh', '-c', sampling], {
      timeoutSeconds: 60,
      check: true,
    });
    const [rss = 0, files = 0, ticks = 0, age = 0, bytes = 0, restarts = 0] = stdout
      .trim()
      .split(/\s+/)
      .map(Number);
    const history = [
      'rekindle',
      'history',
      '--json',
      '--last',
      '99999',
      '--journal',
      `${home}/.local/state/rekindle/journal.db`,
    ];
    const told = await this.#lab.runInPc(history, { timeoutSeconds: 60, check: true });
    const { events } = JSON.parse(told.stdout) as { events: readonly { seq: number; type: string }[] };
    return {
      rssBytes: rss * 1024,
      openFiles: files,
      cpuSeconds: ticks / 100,
      ageSeconds: age,
      journalBytes: bytes,
      events: events.at(-1)?.seq ?? 0,
      actions: events.filter(({ type }) => type === 'step-intended').length,
      restarts,
    };
  }

  async #stop(): Promise<void> {
    const { exitCode } = await this.#inPc('systemctl', 'cat', unit);
    if (exitCode === 0) await this.#do('systemctl', 'stop', unit);
  }

  #inPc(...argv: readonly string[]): Promise<CommandResult> {
    return this.#lab.runInPc(argv, { timeoutSeconds: 180 });
  }

  async #do(...argv: readonly string[]): Promise<void> {
    await this.#lab.runInPc(argv, { timeoutSeconds: 180, check: true });
  }
}
