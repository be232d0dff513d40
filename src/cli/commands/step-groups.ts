/** Waits for PostgreSQL; the only entry that never changes anything. */
export const waitForDatabase = 'wait-for-database';

/** What people did by hand after a boot, one after the other, by the steps that do it here where evidence calls for them. */
export const stepGroups: Readonly<Record<string, readonly string[]>> = {
  'start-cluster': ['start-cluster', 'start-node', 'start-load-balancer'],
  'clean-up-pods': ['delete-left-over-pod', 'restart-stuck-pod'],
  [waitForDatabase]: [],
  'sync-pooler-credentials': ['sync-pooler-credentials', 'nudge-pooler', 'restart-pooler'],
  'apply-pooler-profile': ['apply-pooler-profile'],
  'restart-apps': ['restart-crash-looping-pod', 'reload-load-balancer'],
};

/** Shorter parts of a name say nothing about what is meant. */
const shortestPart = 3;

/** The names that share most words, or their beginnings, with what was typed, each once; none: it is like no other. */
export function namesLike(given: string, names: readonly string[]): readonly string[] {
  const parts = given
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((part) => part.length >= shortestPart);
  const shared = (name: string): number =>
    parts.filter((part) => name.split('-').some((word) => word.startsWith(part))).length;
  const most = Math.max(0, ...names.map(shared));
  return most === 0 ? [] : [...new Set(names)].filter((name) => shared(name) === most);
}

/** What `step list` shows: first what a person is looking for after a boot. */
export function stepListText(names: readonly string[]): string {
  const width = Math.max(...Object.keys(stepGroups).map((name) => name.length));
  const groups = Object.entries(stepGroups).map(
    ([name, members]) =>
      `  ${name.padEnd(width)}  ${members.length === 0 ? 'changes nothing, waits until PostgreSQL takes writes' : members.join(', ')}`,
  );
  const single = names.filter((name) => !Object.hasOwn(stepGroups, name));
  return [
    'What people did by hand after a boot, in this order, and the steps that do it here:',
    ...groups,
    'Each step alone; those for settings of a pooler belong to `rekindle pooler profile`:',
    ...single.map((name) => `  ${name}`),
    'Run one where the evidence calls for it: rekindle step run NAME',
  ].join('\n');
}
