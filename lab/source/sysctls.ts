import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Where the values of before the first lab wait for the last lab's `down`; gone after a reboot, as the values are. */
const folder = '/run/rekindle-lab';

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

const file = (name: string) => path.join('/proc/sys', name);
const read = async (name: string) => (await readFile(file(name), 'utf8')).trim();

async function remembered(): Promise<Readonly<Record<string, string>>> {
  const record = path.join(folder, 'sysctls.json');
  if (existsSync(record)) return JSON.parse(await readFile(record, 'utf8')) as Record<string, string>;
  const names = [...Object.keys(wanted), ...setByKubelet].filter((name) => existsSync(file(name)));
  const values = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await read(name)] as const)),
  );
  await writeFile(record, JSON.stringify(values));
  return values;
}

/** Notes the machine's settings for `restoreSysctls`, then raises those that are too low. Returns what it raised. */
export async function raiseSysctls(labId: string): Promise<readonly string[]> {
  await mkdir(path.join(folder, 'labs'), { recursive: true });
  const before = await remembered();
  await writeFile(path.join(folder, 'labs', labId), '');
  const raised: string[] = [];
  for (const [name, value] of Object.entries(wanted)) {
    if (!(name in before) || Number(await read(name)) >= value) continue;
    await writeFile(file(name), String(value));
    raised.push(`${name}: ${before[name]} -> ${value}`);
  }
  return raised;
}

/** Puts the machine's settings back when no other lab is left. Returns what it changed. */
export async function restoreSysctls(labId: string): Promise<readonly string[]> {
  const labs = path.join(folder, 'labs');
  if (!existsSync(labs)) return [];
  await rm(path.join(labs, labId), { force: true });
  if ((await readdir(labs)).length > 0) return [];
  const restored: string[] = [];
  for (const [name, value] of Object.entries(await remembered())) {
    if ((await read(name)) === value) continue;
    await writeFile(file(name), value);
    restored.push(`${name} = ${value}`);
  }
  await rm(path.join(folder, 'sysctls.json'));
  await rmdir(labs);
  await rmdir(folder);
  return restored;
}
