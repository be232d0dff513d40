import process from 'node:process';

import { waitFor } from '../../src/drills/wait-for.ts';
import { startInLab } from '../rig/lab-process.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';

/** Every name by which a program may learn of a proxy, and the one by which Node uses them (nodejs.org, NODE_USE_ENV_PROXY). */
function proxied(port: string): Readonly<Record<string, string>> {
  const url = `http://127.0.0.1:${port}`;
  const names = ['http_proxy', 'https_proxy', 'all_proxy'];
  const both = [...names, ...names.map((name) => name.toUpperCase())];
  return { NODE_USE_ENV_PROXY: '1', ...Object.fromEntries(both.map((name) => [name, url])) };
}

/** A program that does use the proxy: without it a listener that nobody can reach would prove nothing. */
const control = "require('node:http').get('http://shop.invalid/').on('error', () => undefined)";

async function besideAProxy(site: Site): Promise<Ended> {
  const { lab } = site;
  const lines: string[] = [];
  const counter = startInLab(lab, 'bench/rig/connection-counter.ts', [], {
    onLine: (line) => void lines.push(line),
  });
  const connections = () => lines.filter((line) => line === 'connection').length;
  try {
    const port = await waitFor('a listener in the network of the lab', 20, () =>
      Promise.resolve(lines.find((line) => line.startsWith('listening '))?.split(' ')[1]),
    );
    const ended = await site.rekindle({ env: proxied(port) });
    if (connections() > 0) throw new Error(`${connections()} connections to the proxy`);
    const env = Object.entries(proxied(port)).map(([name, value]) => `${name}=${value}`);
    await lab.run(['env', ...env, process.execPath, '-e', control], { timeoutSeconds: 20 });
    await waitFor('the connection of another program', 10, () =>
      Promise.resolve(connections() > 0 ? true : undefined),
    );
    return ended;
  } finally {
    await counter.stop();
  }
}

/** U5: what the environment says about proxies is for other machines. */
export const proxyCases: readonly RefusalCase[] = [
  defineCase({
    id: 'U5',
    title: 'proxies in the environment: none is asked, for a stack on this machine',
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: besideAProxy,
  }),
];
