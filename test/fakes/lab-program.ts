import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rekindle');

/** Newest result of a step of the lab's build; undefined when the lab was never built here. */
function built(prefix: string): string | undefined {
  if (!existsSync(cache)) return undefined;
  const folders = readdirSync(cache).filter((name) => name.startsWith(prefix) && !name.endsWith('.partial'));
  const times = folders.map((name) => ({ name, at: statSync(join(cache, name)).mtimeMs }));
  const [newest] = times.sort((a, b) => b.at - a.at);
  return newest === undefined ? undefined : join(cache, newest.name);
}

/** A program that the lab has built; undefined when it was not. */
export function labProgram(name: 'kubernetes' | 'coredns' | 'postgres-operator'): string | undefined {
  const folder = built(`program-${name}-`);
  return folder === undefined ? undefined : join(folder, name);
}

/** The root file system of the example's image; undefined when the lab has not made it. */
export function labAppRoot(): string | undefined {
  const folder = built('rootfs-app-');
  return folder === undefined ? undefined : join(folder, 'root');
}
