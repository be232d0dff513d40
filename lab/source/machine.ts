import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { LabIdentity } from '../identity.ts';
import { capabilitiesLackingHere } from './capabilities.ts';
import { makeCgroup } from './cgroups.ts';
import { makeDisk } from './disk.ts';
import { eventually } from './eventually.ts';
import { makeNetwork } from './network.ts';
import { firstChild, isAlive, processStart, type ProcessRef } from './processes.ts';
import { raiseSysctls } from './sysctls.ts';

/** Where the PC's things lie on the host; all below the lab's state folder. */
export interface MachinePlaces {
  readonly disk: string;
  /** Folder of the engine's socket and logs; the PC sees it at the same path. */
  readonly run: string;
  /** Folder of the API server's audit log; the PC sees it at the same path. */
  readonly audit: string;
  readonly socket: string;
  readonly record: string;
}

/** Places of one lab's PC. */
export function machinePlaces(stateDir: string): MachinePlaces {
  const run = path.join(stateDir, 'run');
  return {
    disk: path.join(stateDir, 'disk', 'data.img'),
    run,
    audit: path.join(stateDir, 'audit'),
    socket: path.join(run, 'docker.sock'),
    record: path.join(stateDir, 'pc.json'),
  };
}

/** The running PC: the process outside that started it and the first process inside, whose death ends all others. */
export interface RunningMachine {
  readonly starter: ProcessRef;
  readonly init: ProcessRef;
  /** Root file system that it was booted from. */
  readonly engineRoot: string;
}

/** `systemd`: the PC's root file system is kept on its disk, so that what is installed is there after a boot. */
export type PcInit = 'engine' | 'systemd';

/** What the PC is booted with. */
export interface MachineParts {
  readonly identity: LabIdentity;
  readonly engineRoot: string;
  /** Container names in the order in which they are started; empty: the engine starts them by itself, all at once. */
  readonly order: readonly string[];
  /** What runs the PC: a script that starts the engine and nothing else (the default), or systemd. */
  readonly init?: PcInit;
}

/** What a boot left; `startedAt` is when the engine's process was started, in milliseconds since the epoch. */
export interface MachineBoot {
  readonly startedAt: number;
  /** After a power loss: did the unsynced canary vanish? undefined when there was none to look for. */
  readonly canary: 'lost' | 'survived' | undefined;
}

/**
 * The PC that runs now, or undefined when it is off. A record whose process is gone, or has another start time (the
 * number was given to somebody else), is of a PC that is off; so is one that cannot be read, and whatever still runs
 * of that PC is found by its cgroup before the next boot.
 */
export async function runningMachine(stateDir: string): Promise<RunningMachine | undefined> {
  const { record } = machinePlaces(stateDir);
  if (!existsSync(record)) return undefined;
  const machine = parseRecord(await readFile(record, 'utf8'));
  return machine !== undefined && (await isAlive(machine.init)) ? machine : undefined;
}

function parseRecord(text: string): RunningMachine | undefined {
  try {
    return JSON.parse(text) as RunningMachine;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a record that was torn by a crash would be in the way of every later command. */
async function remember(file: string, machine: RunningMachine): Promise<void> {
  await writeFile(`${file}.partial`, JSON.stringify(machine));
  await rename(`${file}.partial`, file);
}

const scripts = path.join(import.meta.dirname, 'pc');

async function powerOn(parts: MachineParts, places: MachinePlaces): Promise<ProcessRef> {
  const log = await open(path.join(places.run, 'pc.log'), 'a');
  const child = spawn('/bin/bash', [path.join(scripts, 'power-on.sh')], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      RKL_CGROUP: parts.identity.cgroup,
      RKL_NETNS: parts.identity.networkNamespace,
      RKL_STATE: parts.identity.stateDir,
      RKL_ENGINE_ROOT: parts.engineRoot,
      RKL_DISK: places.disk,
      RKL_SHARED: `${places.run} ${places.audit}`,
      // The whole cache, read-only: images that are built later have to be seen without a boot.
      RKL_CACHE: parts.identity.cacheDir,
      RKL_SCRIPTS: scripts,
      RKL_LACKING: (await capabilitiesLackingHere()).join(' '),
      RKL_ORDER: parts.order.join(' '),
      RKL_INIT: parts.init ?? 'engine',
    },
  });
  await log.close();
  const { pid } = child;
  if (pid === undefined) throw new Error('the PC could not be started: /bin/bash is not there');
  child.unref();
  const start = await processStart(pid);
  if (start === undefined) throw new Error(await lastWords(places));
  return { pid, start };
}

async function lastWords(places: MachinePlaces): Promise<string> {
  const log = await readFile(path.join(places.run, 'pc.log'), 'utf8');
  return `the PC did not boot: ${log.trim().split('\n').slice(-5).join('\n')}`;
}

/** Waits for a condition of a booting PC; throws with the PC's last words when it died. */
async function whileBooting(
  starter: ProcessRef,
  places: MachinePlaces,
  ready: () => Promise<boolean>,
): Promise<void> {
  await eventually(30_000, 'boot of the PC', async () => {
    if (await ready()) return true;
    if (!(await isAlive(starter))) throw new Error(await lastWords(places));
    return false;
  });
}

/** Boots the PC: network, cgroup, namespaces, mounts (journal replay) and the engine's process. Throws when it runs already. */
export async function bootMachine(parts: MachineParts, log: (line: string) => void): Promise<MachineBoot> {
  const { identity } = parts;
  const places = machinePlaces(identity.stateDir);
  if ((await runningMachine(identity.stateDir)) !== undefined) throw new Error('the PC runs already');
  await mkdir(places.run, { recursive: true });
  await mkdir(places.audit, { recursive: true });
  const started = path.join(places.run, 'engine-started');
  const canaryResult = path.join(places.run, 'canary-result');
  for (const file of [started, canaryResult, places.socket]) await rm(file, { force: true });
  for (const line of await raiseSysctls(identity.id))
    log(`raised ${line} for this machine until the last lab is down`);
  await makeDisk(places.disk);
  await makeCgroup(identity.cgroup);
  await makeNetwork(identity.networkNamespace);
  const starter = await powerOn(parts, places);
  await whileBooting(starter, places, async () => (await firstChild(starter.pid)) !== undefined);
  const init = await firstChild(starter.pid);
  if (init === undefined) throw new Error(await lastWords(places));
  await remember(places.record, { starter, init, engineRoot: parts.engineRoot });
  await whileBooting(starter, places, () => Promise.resolve(existsSync(started)));
  return {
    startedAt: Number(await readFile(started, 'utf8')),
    canary: existsSync(canaryResult)
      ? ((await readFile(canaryResult, 'utf8')).trim() as 'lost' | 'survived')
      : undefined,
  };
}
