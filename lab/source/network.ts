import { existsSync } from 'node:fs';

import { output } from '../command.ts';

/** Path through which processes enter a named network namespace (ip-netns(8)). */
export function namespacePath(name: string): string {
  return `/run/netns/${name}`;
}

/** A network with nothing but a loopback interface: no packet of the lab can leave the machine. */
export async function makeNetwork(name: string): Promise<void> {
  if (existsSync(namespacePath(name))) return;
  await output(['ip', 'netns', 'add', name]);
  await output(['ip', '-netns', name, 'link', 'set', 'lo', 'up']);
}

/**
 * Takes the network's name away; with its last process the network itself is gone (bridges, rules, connections).
 * Clients of the lab that are still inside keep the old, dead one: they have to be started anew after a boot.
 */
export async function removeNetwork(name: string): Promise<boolean> {
  if (!existsSync(namespacePath(name))) return false;
  await output(['ip', 'netns', 'delete', name]);
  return true;
}
