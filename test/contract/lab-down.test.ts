import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LabIdentity, labIdentity } from '../../lab/identity.ts';
import { freeze, makeCgroup } from '../../lab/source/cgroups.ts';
import { machinePlaces, runningMachine } from '../../lab/source/machine.ts';
import { makeNetwork, namespacePath } from '../../lab/source/network.ts';
import { cutMachine } from '../../lab/source/power-cut.ts';
import { processesInCgroup, processStart } from '../../lab/source/processes.ts';
import { removeMachine } from '../../lab/source/remove-machine.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { noPowerLossHere } from './power-loss/disk.ts';

const lacking = noPowerLossHere() ?? cannotMakeMachines();

/** Why the parts of a PC cannot be made here. */
function cannotMakeMachines(): string | undefined {
  const writable = existsSync('/sys/fs/cgroup') && existsSync('/usr/bin/ip');
  return writable ? undefined : 'needs cgroups and ip';
}

/** A lab that shares nothing with one of this checkout: its identity comes from a folder of this test. */
function newLab(): LabIdentity {
  const folder = temporaryFolder();
  const identity = labIdentity(folder, '', { XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder });
  onTestFinished(async () => void (await removeMachine(identity)));
  return identity;
}

function newProcess(): ChildProcess {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

/** An attached and never mounted disk, as after a crash between the two. Returns its device. */
function attachDisk({ stateDir }: LabIdentity): string {
  const { disk } = machinePlaces(stateDir);
  mkdirSync(join(disk, '..'), { recursive: true });
  writeFileSync(disk, '');
  truncateSync(disk, 1024 * 1024);
  return execFileSync('/usr/sbin/losetup', ['--find', '--show', disk], { encoding: 'utf8' }).trim();
}

/** File behind a loop device; empty when there is none. */
function backingFile(device: string): string {
  const listed = execFileSync('/usr/sbin/losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-FILE']);
  return (
    listed
      .toString()
      .split('\n')
      .find((line) => line.startsWith(`${device} `)) ?? ''
  );
}

/** Enters the lab's group in every hierarchy, as power-on.sh does. */
function enterCgroup({ cgroup }: LabIdentity, pid: number): void {
  const root = '/sys/fs/cgroup';
  const folders = [join(root, cgroup), ...readdirSync(root).map((name) => join(root, name, cgroup))];
  for (const folder of folders.filter((found) => existsSync(join(found, 'cgroup.procs'))))
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
}

function writeRecord({ stateDir }: LabIdentity, ref: { pid: number; start: string }): void {
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(machinePlaces(stateDir).record, JSON.stringify({ starter: ref, init: ref, engineRoot: '/' }));
}

describe('down of a lab, backend source', () => {
  it('has nothing to remove where nothing was made', async (context) => {
    skipWhen(context, lacking);
    expect(await removeMachine(newLab())).toEqual([]);
  });

  it('removes what a crash in mid-boot left, without a record of it, and finds nothing the second time', async (context) => {
    skipWhen(context, lacking);
    const identity = newLab();
    const device = attachDisk(identity);
    await makeNetwork(identity.networkNamespace);
    await makeCgroup(identity.cgroup);
    const inside = newProcess();
    const outside = newProcess();
    enterCgroup(identity, inside.pid ?? 0);
    await freeze(identity.cgroup);
    writeFileSync(machinePlaces(identity.stateDir).record, '{"starter":{"pi');
    expect(await runningMachine(identity.stateDir)).toBeUndefined();
    const ended = once(inside, 'exit');
    const removed = await removeMachine(identity);
    expect(removed).toEqual(
      expect.arrayContaining([
        '1 process(es)',
        '1 loop device(s)',
        `network namespace ${identity.networkNamespace}`,
        `cgroup ${identity.cgroup}`,
        `folder ${identity.stateDir}`,
      ]),
    );
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(isRunning(outside)).toBe(true);
    expect(backingFile(device)).not.toContain(identity.id);
    expect(existsSync(namespacePath(identity.networkNamespace))).toBe(false);
    expect(await processesInCgroup(identity.cgroup)).toEqual([]);
    expect(existsSync(identity.stateDir)).toBe(false);
    expect(await removeMachine(identity)).toEqual([]);
  });

  it('releases a disk whose folder somebody has deleted by hand', async (context) => {
    skipWhen(context, lacking);
    const identity = newLab();
    const device = attachDisk(identity);
    rmSync(identity.stateDir, { recursive: true });
    expect(backingFile(device)).toContain('(deleted)');
    expect(await removeMachine(identity)).toEqual(['1 loop device(s)']);
    expect(backingFile(device)).not.toContain(identity.id);
  });

  it('never touches a process that has the number of a dead one', async (context) => {
    skipWhen(context, lacking);
    const identity = newLab();
    const innocent = newProcess();
    const pid = innocent.pid ?? 0;
    writeRecord(identity, { pid, start: String(Number(await processStart(pid)) - 1) });
    expect(await runningMachine(identity.stateDir)).toBeUndefined();
    await expect(cutMachine(identity, 'process-kill')).rejects.toThrow('the PC is off');
    expect(await removeMachine(identity)).toContain(`folder ${identity.stateDir}`);
    expect(isRunning(innocent)).toBe(true);
  });

  it('leaves the lab of a neighbour alone', async (context) => {
    skipWhen(context, lacking);
    const identity = newLab();
    const neighbour = newLab();
    const child = newProcess();
    await makeCgroup(neighbour.cgroup);
    enterCgroup(neighbour, child.pid ?? 0);
    await makeNetwork(neighbour.networkNamespace);
    const device = attachDisk(neighbour);
    expect(await removeMachine(identity)).toEqual([]);
    expect(isRunning(child)).toBe(true);
    expect(existsSync(namespacePath(neighbour.networkNamespace))).toBe(true);
    expect(backingFile(device)).toContain(neighbour.id);
  });
});
