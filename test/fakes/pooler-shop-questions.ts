import { once } from 'node:events';
import net from 'node:net';

import type { PoolerContainer } from './pooler-container.ts';
import type { PoolerShop } from './pooler-shop.ts';
import type { Ended } from './running-shop.ts';

/** What a command said, and its document. */
export interface Said extends Ended {
  readonly json: Readonly<Record<string, unknown>>;
}

/** Runs `rekindle pooler profile ARGS --json` in the shop. */
export async function said(shop: PoolerShop, ...args: string[]): Promise<Said> {
  const ended = await shop.start('pooler', 'profile', ...args, '--json').ended;
  return { ...ended, json: JSON.parse(ended.stdout || '{}') as Said['json'] };
}

/** Values of every process, by the process itself. */
export async function values(
  { pods }: PoolerShop,
  key: string,
): Promise<readonly (string | null | undefined)[]> {
  return Promise.all([...pods.processes.values()].map(async (process) => (await process.config())[key]));
}

/** Pods of a check that are there. */
export async function checkPods({ space }: PoolerShop): Promise<readonly string[]> {
  const names = (await space.items(space.at('pods'))).map(({ metadata }) => metadata.name);
  return names.filter((name) => name.startsWith('rekindle-'));
}

/** A client that is connected to a pooler the whole time. */
export async function client({ port }: PoolerContainer): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}
