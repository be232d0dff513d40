import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { eventually } from './eventually.ts';

const root = '/sys/fs/cgroup';

/** Folders of the mounted hierarchies from the lines of /proc/self/cgroup (cgroups(7)). */
export function hierarchies(
  lines: string,
  exists: (folder: string) => boolean = existsSync,
): readonly string[] {
  if (exists(path.join(root, 'cgroup.controllers'))) return [root];
  return lines
    .split('\n')
    .map((line) => line.split(':')[1] ?? '')
    .filter((controllers) => controllers !== '')
    .map((controllers) => path.join(root, controllers.replace(/^name=/, '')))
    .filter((folder) => exists(folder));
}

async function mounted(): Promise<readonly string[]> {
  return hierarchies(await readFile('/proc/self/cgroup', 'utf8'));
}

/** Version 1 only: a new cpuset group refuses processes until it has processors and memory nodes. */
async function copyCpuset(parent: string, folder: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const from = path.join(parent, file);
    const to = path.join(folder, file);
    if (!existsSync(from) || !existsSync(to)) continue;
    if ((await readFile(to, 'utf8')).trim() === '') await writeFile(to, await readFile(from, 'utf8'));
  }
}

/** Makes the lab's group in every hierarchy; nested groups (containers) inherit the processors. */
export async function makeCgroup(name: string): Promise<void> {
  for (const hierarchy of await mounted()) {
    const folder = path.join(hierarchy, name);
    await mkdir(folder, { recursive: true });
    await copyCpuset(hierarchy, folder);
    const inherit = path.join(folder, 'cgroup.clone_children');
    if (existsSync(inherit)) await writeFile(inherit, '1');
  }
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.filter((found) => found.isDirectory())) {
    await removeTree(path.join(folder, entry.name));
  }
  await rmdir(folder);
}

/** Removes the lab's group and all below it. Throws when processes are still inside after five seconds. */
export async function removeCgroup(name: string): Promise<boolean> {
  let removed = false;
  for (const hierarchy of await mounted()) {
    const folder = path.join(hierarchy, name);
    if (!existsSync(folder)) continue;
    removed = true;
    // The kernel counts a dead process out of its group a moment after its number is free.
    await eventually(5000, `removal of ${folder}`, async () => {
      try {
        await removeTree(folder);
        return true;
      } catch (error) {
        // ENOENT: a container's group went by itself while this looked.
        if (['EBUSY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? ''))
          return !existsSync(folder);
        throw error;
      }
    });
  }
  return removed;
}

/** How a group is stopped: by the freezer of version 1 (kernel: cgroup-v1/freezer-subsystem) or of version 2. */
interface Freezer {
  readonly file: string;
  readonly stop: string;
  readonly go: string;
  /** Where the kernel says that every process has stopped, and what it says then. */
  readonly answer: string;
  readonly stopped: RegExp;
}

function freezerOf(name: string, mountPoint: string): Freezer | undefined {
  const one = path.join(mountPoint, 'freezer', name, 'freezer.state');
  const two = path.join(mountPoint, name);
  const freezers = [
    { file: one, stop: 'FROZEN', go: 'THAWED', answer: one, stopped: /^FROZEN$/m },
    {
      file: path.join(two, 'cgroup.freeze'),
      stop: '1',
      go: '0',
      answer: path.join(two, 'cgroup.events'),
      stopped: /^frozen 1$/m,
    },
  ];
  return freezers.find(({ file }) => existsSync(file));
}

/** An fsync on a busy disk may take more than 1 s (seen once in 40 cuts); what stopped before it tells nobody. */
const stopMs = 5000;

/**
 * Stops everything in the lab's group and waits until it has stopped; who is inside fsync stops when that returns.
 * False where there is no freezer. Throws when a process does not stop within `stopMs`.
 */
export async function freeze(name: string, mountPoint = root): Promise<boolean> {
  const freezer = freezerOf(name, mountPoint);
  if (freezer === undefined) return false;
  await writeFile(freezer.file, freezer.stop);
  await eventually(stopMs, 'stop of every process', async () =>
    freezer.stopped.test(await readFile(freezer.answer, 'utf8')),
  );
  return true;
}

/** Lets a stopped group go on; harmless when it was not stopped. */
export async function thaw(name: string, mountPoint = root): Promise<void> {
  const freezer = freezerOf(name, mountPoint);
  if (freezer !== undefined) await writeFile(freezer.file, freezer.go);
}
