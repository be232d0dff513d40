import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Where settings and notes about them lie; a test has its own. */
export interface SysctlPlaces {
  /** The values of before the first lab wait here for the last lab's `down`; gone after a reboot, as the values are. */
  readonly folder: string;
  readonly settings: string;
}

const machine: SysctlPlaces = { folder: '/run/rekindle-lab', settings: '/proc/sys' };

/** Each kubelet and containerd takes several inotify instances; the default of 128 is too few for three nodes. */
const wanted: Readonly<Record<string, number>> = {
  'fs/inotify/max_user_instances': 1024,
  'fs/inotify/max_user_watches': 262_144,
};

/** Kernel settings of the whole machine that a kubelet sets at its start (k8s.io/component-helpers/node/util/sysctl). */
const setByKubelet = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];

async function read({ settings }: SysctlPlaces, name: string): Promise<string> {
  return (await readFile(path.join(settings, name), 'utf8')).trim();
}

async function remembered(places: SysctlPlaces): Promise<Readonly<Record<string, string>>> {
  const record = path.join(places.folder, 'sysctls.json');
  if (existsSync(record)) return JSON.parse(await readFile(record, 'utf8')) as Record<string, string>;
  const names = [...Object.keys(wanted), ...setByKubelet].filter((name) =>
    existsSync(path.join(places.settings, name)),
  );
  const values = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await read(places, name)] as const)),
  );
  // Whole or not at all: `down` must be able to read it after a crash.
  await writeFile(`${record}.partial`, JSON.stringify(values));
  await rename(`${record}.partial`, record);
  return values;
}

/** Notes the machine's settings for `restoreSysctls`, then raises those that are too low. Returns what it raised. */
export async function raiseSysctls(labId: string, places = machine): Promise<readonly string[]> {
  await mkdir(path.join(places.folder, 'labs'), { recursive: true });
  const before = await remembered(places);
  await writeFile(path.join(places.folder, 'labs', labId), '');
  const raised: string[] = [];
  for (const [name, value] of Object.entries(wanted)) {
    if (!(name in before) || Number(await read(places, name)) >= value) continue;
    await writeFile(path.join(places.settings, name), String(value));
    raised.push(`${name}: ${before[name]} -> ${value}`);
  }
  return raised;
}

/** Puts the machine's settings back when no other lab is left. Returns what it changed. */
export async function restoreSysctls(labId: string, places = machine): Promise<readonly string[]> {
  const labs = path.join(places.folder, 'labs');
  if (!existsSync(labs)) return [];
  await rm(path.join(labs, labId), { force: true });
  if ((await readdir(labs)).length > 0) return [];
  const restored: string[] = [];
  for (const [name, value] of Object.entries(await remembered(places))) {
    if ((await read(places, name)) === value) continue;
    await writeFile(path.join(places.settings, name), value);
    restored.push(`${name} = ${value}`);
  }
  await rm(places.folder, { recursive: true });
  return restored;
}
