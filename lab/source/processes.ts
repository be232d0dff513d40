import { readFileSync, readdirSync } from 'node:fs';

export interface ProcessId {
  readonly pid: number;
  /** Start time in clock ticks: together with the pid it names one process and never its successor. */
  readonly started: string;
}

function stat(pid: number): { parent: number; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command may contain anything, so fields are counted after its closing bracket (proc(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing and runs nothing any more.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { parent: Number(fields[1]), started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** The process and all its living descendants. */
export function processTree(root: number): readonly ProcessId[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const all = new Map(
    pids.flatMap((pid) => {
      const found = stat(pid);
      return found === undefined ? [] : [[pid, found] as const];
    }),
  );
  const tree = new Set([root]);
  for (let grown = true; grown;) {
    grown = false;
    for (const [pid, { parent }] of all) {
      if (!tree.has(pid) && tree.has(parent)) {
        tree.add(pid);
        grown = true;
      }
    }
  }
  return [...tree].flatMap((pid) => {
    const found = all.get(pid);
    return found === undefined ? [] : [{ pid, started: found.started }];
  });
}

/** Those of the given processes that are still alive. */
export function alive(processes: readonly ProcessId[]): readonly ProcessId[] {
  return processes.filter(({ pid, started }) => stat(pid)?.started === started);
}
