import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';

import type { LabIdentity } from '../identity.ts';
import { thaw } from './cgroups.ts';
import { loopDevices } from './disk.ts';
import { eventually } from './eventually.ts';
import { machinePlaces } from './machine.ts';
import { namespacePath } from './network.ts';
import { clearMachine } from './power-cut.ts';
import { killNow, processesInCgroup } from './processes.ts';
import { restoreSysctls } from './sysctls.ts';

/** Ends everything in the lab's cgroup: it is found by that alone, so that a lost state file does not matter. */
async function killProcesses(identity: LabIdentity): Promise<number> {
  const found = await processesInCgroup(identity.cgroup);
  await eventually(5000, 'end of the processes of the PC', async () => {
    const left = await processesInCgroup(identity.cgroup);
    for (const process of left) killNow(process.pid);
    await thaw(identity.cgroup);
    return left.length === 0;
  });
  return found.length;
}

/**
 * Clears what an interrupted boot, or a machine that died by itself, left behind; the data disk stays. Two PCs on one
 * disk would destroy it. To be called only when the PC is known to be off.
 */
export async function clearLeftovers(identity: LabIdentity): Promise<number> {
  const killed = await killProcesses(identity);
  await clearMachine(identity);
  return killed;
}

/** proc(5) writes blanks and the like as octal numbers. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
}

/** Mount points in a /proc/PID/mounts that lie at the folder or below it. */
export function mountsBelow(mounts: string, folder: string): readonly string[] {
  return mounts
    .split('\n')
    .map((line) => unescaped(line.split(' ')[1] ?? ''))
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
}

/** Before the folder is removed: what is mounted in it would be emptied. */
async function assertGone(identity: LabIdentity): Promise<void> {
  const left: string[] = [];
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  left.push(...mountsBelow(mounts, identity.stateDir).map((point) => `a mount at ${point}`));
  if (existsSync(namespacePath(identity.networkNamespace))) left.push(identity.networkNamespace);
  if ((await processesInCgroup(identity.cgroup)).length > 0) left.push(`processes in ${identity.cgroup}`);
  if ((await loopDevices(machinePlaces(identity.stateDir).disk)).length > 0) left.push('a loop device');
  if (left.length > 0) throw new Error(`down left behind: ${left.join(', ')}`);
}

/** Removes the PC and all that is in it, whatever state a crash left it in. Throws when something of it stays. */
export async function removeMachine(identity: LabIdentity): Promise<readonly string[]> {
  const removed: string[] = [];
  const killed = await killProcesses(identity);
  if (killed > 0) removed.push(`${killed} process(es)`);
  removed.push(...(await clearMachine(identity)));
  for (const line of await restoreSysctls(identity.id)) removed.push(`raised setting: now ${line} again`);
  await assertGone(identity);
  if (existsSync(identity.stateDir)) {
    await rm(identity.stateDir, { recursive: true });
    removed.push(`folder ${identity.stateDir}`);
  }
  return removed;
}
