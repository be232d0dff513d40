import { readFile, readdir } from 'node:fs/promises';
import process from 'node:process';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessRef {
  readonly pid: number;
  /** Start time in clock ticks since the machine's boot, field 22 of /proc/PID/stat (proc(5)). */
  readonly start: string;
}

interface ProcessStat extends ProcessRef {
  readonly parent: number;
  /** Letter of proc(5); Z and X are dead, and only wait for somebody to ask how they ended. */
  readonly state: string;
}

/** Parses /proc/PID/stat; the program's name may itself hold spaces and brackets, so fields count from the last one. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid: Number.parseInt(text, 10),
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    start: fields[19] ?? '',
  };
}

const gone = new Set(['ENOENT', 'ESRCH']);

async function readProc(pid: number | string, file: string): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (gone.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function processStat(pid: number | string): Promise<ProcessStat | undefined> {
  const text = await readProc(pid, 'stat');
  return text === undefined ? undefined : parseStat(text);
}

/** Start time of a process, or undefined when there is none with this number. */
export async function processStart(pid: number): Promise<string | undefined> {
  return (await processStat(pid))?.start;
}

const dead = new Set(['Z', 'X']);

/**
 * True while this very process exists and is not dead. A first process of a PID namespace becomes a zombie only after
 * the kernel has ended every other process of it (pid_namespaces(7)).
 */
export async function isAlive(ref: ProcessRef): Promise<boolean> {
  const stat = await processStat(ref.pid);
  return stat !== undefined && stat.start === ref.start && !dead.has(stat.state);
}

async function pids(): Promise<readonly string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
}

async function allStats(): Promise<readonly ProcessStat[]> {
  const stats = await Promise.all((await pids()).map((pid) => processStat(pid)));
  return stats.filter((stat): stat is ProcessStat => stat !== undefined && !dead.has(stat.state));
}

/**
 * The process and everything below it. Orphans inside a PID namespace become children of its first process, so for
 * that process this is the whole namespace, nested ones (containers) included.
 */
export async function processTree(root: number): Promise<readonly ProcessRef[]> {
  const stats = await allStats();
  const byParent = Map.groupBy(stats, (stat) => stat.parent);
  const tree = stats.filter((stat) => stat.pid === root);
  for (const stat of tree) tree.push(...(byParent.get(stat.pid) ?? []));
  return tree.map(({ pid, start }) => ({ pid, start }));
}

/** First child of a process, or undefined while it has none. */
export async function firstChild(parent: number): Promise<ProcessRef | undefined> {
  const children = await readProc(parent, `task/${parent}/children`);
  const pid = Number((children ?? '').trim().split(' ')[0]);
  if (!pid) return undefined;
  const start = await processStart(pid);
  return start === undefined ? undefined : { pid, start };
}

/** Processes whose cgroup (in any hierarchy) lies in the cgroup of this name directly below a hierarchy's root. */
export async function processesInCgroup(name: string): Promise<readonly ProcessRef[]> {
  const inside = new RegExp(`^\\d+:[^:]*:/${name}(/|$)`, 'm');
  const found = await Promise.all(
    (await pids()).map(async (pid) => {
      const cgroups = await readProc(pid, 'cgroup');
      return cgroups !== undefined && inside.test(cgroups) ? processStat(pid) : undefined;
    }),
  );
  return found
    .filter((stat): stat is ProcessStat => stat !== undefined && !dead.has(stat.state))
    .map(({ pid, start }) => ({ pid, start }));
}

/** Sends SIGKILL to a process if it still exists; the kernel's "no such process" is what is wanted. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
