import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { output, runCommand } from '../command.ts';
import type { LabIdentity } from '../identity.ts';
import { freeze, removeCgroup, thaw } from './cgroups.ts';
import { releaseDisk } from './disk.ts';
import { eventually } from './eventually.ts';
import { shutdownArgv } from './file-system-shutdown.ts';
import { machinePlaces, runningMachine, type RunningMachine } from './machine.ts';
import { removeNetwork } from './network.ts';
import { isAlive, killNow, processesInCgroup, processTree, type ProcessRef } from './processes.ts';

/** `power-loss` throws away what was not synced; `process-kill` keeps the page cache, as after a crash of the engine. */
export type CutMode = 'power-loss' | 'process-kill';

/** What a cut did, as measured from outside. */
export interface MachineCut {
  readonly mode: CutMode;
  /** Milliseconds since the epoch at which the disk (or, for process-kill, the first process) was gone. */
  readonly at: number;
  /** Processes that were alive at the cut, containers included. */
  readonly killed: number;
  readonly aliveAfter: 0;
  /** Milliseconds from the kill to the first look that found none of them alive. */
  readonly withinMs: number;
  /** True when the file system was shut down without a flush; the next boot's canary proves the loss. */
  readonly discardedDirty: boolean;
}

/** How long SIGKILL may take before the cut counts as failed. */
const patience = 1000;

async function everyProcess(identity: LabIdentity, machine: RunningMachine): Promise<readonly ProcessRef[]> {
  const found = [...(await processTree(machine.init.pid)), ...(await processesInCgroup(identity.cgroup))];
  const all = new Map(found.map((process) => [process.pid, process]));
  // The one outside ends by itself when the first process inside is dead, which it has to be there to be told.
  all.delete(machine.starter.pid);
  return [...all.values()];
}

/** Runs a program of the PC's root in the PC's mounts; it stays outside the PC's cgroup and PID namespace. */
function inMounts(machine: RunningMachine, argv: readonly string[]): string[] {
  return ['nsenter', '--target', String(machine.init.pid), '--mount', '--root', '--wd=/', '--', ...argv];
}

/** Writes the canary, then shuts the file system down: what was not synced is lost at once. */
async function shutDisk(machine: RunningMachine, run: string): Promise<void> {
  const canary = randomBytes(4096).toString('hex');
  await writeFile(path.join(run, 'canary'), canary);
  await output(inMounts(machine, ['/usr/bin/tee', '/var/lib/docker/.canary']), { input: canary });
  await output(inMounts(machine, shutdownArgv('/var/lib/docker')));
  const probe = await runCommand(inMounts(machine, ['/usr/bin/touch', '/var/lib/docker/.after-the-cut']));
  if (probe.exitCode === 0) throw new Error('the data disk still takes writes after its shutdown');
}

async function noneAlive(identity: LabIdentity, before: readonly ProcessRef[]): Promise<boolean> {
  for (const process of before) if (await isAlive(process)) return false;
  return (await processesInCgroup(identity.cgroup)).length === 0;
}

/** Kills everything in the PC and waits until nothing of it is alive. Throws when something outlives `patience`. */
async function killAll(
  identity: LabIdentity,
  machine: RunningMachine,
): Promise<{ readonly killed: number; readonly withinMs: number }> {
  const before = await everyProcess(identity, machine);
  // Stopped processes take SIGKILL with them: when the group thaws they end without another step of their own.
  for (const process of [machine.init, ...before]) killNow(process.pid);
  await thaw(identity.cgroup);
  const withinMs = await eventually(patience, 'death of every process', () => noneAlive(identity, before), 5);
  return { killed: before.length, withinMs: Math.round(withinMs) };
}

/** Removes what a reboot destroys. Throws when something of it stays. */
export async function clearMachine(identity: LabIdentity): Promise<readonly string[]> {
  const places = machinePlaces(identity.stateDir);
  const removed: string[] = [];
  const detached = await releaseDisk(places.disk);
  if (detached > 0) removed.push(`${detached} loop device(s)`);
  if (await removeNetwork(identity.networkNamespace)) {
    removed.push(`network namespace ${identity.networkNamespace}`);
  }
  if (await removeCgroup(identity.cgroup)) removed.push(`cgroup ${identity.cgroup}`);
  for (const file of [places.socket, path.join(places.run, 'engine-started'), places.record]) {
    if (!existsSync(file)) continue;
    await rm(file, { force: true });
    removed.push(file);
  }
  return removed;
}

/** Cuts the power of the PC. Throws when it is off, or when the cut could not be proven. */
export async function cutMachine(identity: LabIdentity, mode: CutMode): Promise<MachineCut> {
  const places = machinePlaces(identity.stateDir);
  const machine = await runningMachine(identity.stateDir);
  if (machine === undefined)
    throw new Error('the PC is off: there is no power to cut (`lab boot` starts it)');
  await rm(path.join(places.run, 'canary'), { force: true });
  let at = Date.now();
  if (mode === 'power-loss') {
    // Everything stops first, so that nothing can see the disk fail and still tell the outside world about it.
    try {
      await freeze(identity.cgroup);
      await shutDisk(machine, places.run);
    } catch (error) {
      await thaw(identity.cgroup);
      throw error;
    }
    at = Date.now();
  }
  const { killed, withinMs } = await killAll(identity, machine);
  await clearMachine(identity);
  return { mode, at, killed, aliveAfter: 0, withinMs, discardedDirty: mode === 'power-loss' };
}
