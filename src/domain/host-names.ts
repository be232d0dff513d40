/** The name under which k3d lets pods reach the host (k3d docs, FAQ, host.k3d.internal). */
export const hostName = 'host.k3d.internal';

/** A name and the address that it should lead to. */
export interface HostEntry {
  readonly name: string;
  readonly address: string;
}

/** A list in the format of /etc/hosts with these entries added or corrected; every other line stays as it is. */
export function withEntries(list: string, entries: readonly HostEntry[]): string {
  const wanted = new Map(entries.map(({ name, address }) => [name, address]));
  const kept = list
    .split('\n')
    .filter((line) => line.trim() !== '')
    .filter(
      (line) =>
        !line
          .trim()
          .split(/\s+/)
          .slice(1)
          .some((name) => wanted.has(name)),
    );
  return [...kept, ...[...wanted].map(([name, address]) => `${address} ${name}`)]
    .map((line) => `${line}\n`)
    .join('');
}
