// The ledger's own process, outside the cluster: `write` orders, `read` them back, or `probe` the front door. It ends
// when its standard input does, so that it never outlives the one who started it. One JSON object per line on stdout.
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { setInterval as every } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { openLedger } from './ledger-file.ts';
import { placeOrder, probeOrder, readOrders } from './orders.ts';
import type { ProbeAttempt } from './probe-attempts.ts';
import { shopClient, type ShopDoor } from './shop-door.ts';
import { startWriting } from './write-orders.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: 'jewelry-shop.local' },
    address: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8443' },
    trust: { type: 'string' },
    file: { type: 'string' },
    prefix: { type: 'string', default: `order-${Date.now()}` },
    writers: { type: 'string', default: '4' },
    pause: { type: 'string', default: '50' },
    since: { type: 'string', default: '0' },
  },
});

function needed(name: 'trust' | 'file'): string {
  const value = values[name];
  if (value === undefined) throw new Error(`ledger: --${name} is missing`);
  return value;
}

function print(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Aborted when the parent closes our standard input or ends, or on SIGTERM. */
function untilStopped(): AbortSignal {
  const stop = new AbortController();
  const end = () => {
    process.stdin.destroy();
    stop.abort();
  };
  process.stdin.once('end', end).once('error', end).resume();
  process.once('SIGTERM', end).once('SIGINT', end);
  return stop.signal;
}

/** Ticks until the signal; the tick itself is not awaited by anyone, so a slow one does not delay the grid. */
async function onGrid(ms: number, signal: AbortSignal, tick: () => void): Promise<void> {
  try {
    for await (const _ of every(ms, undefined, { signal })) tick();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function write(door: ShopDoor): Promise<void> {
  const signal = untilStopped();
  const client = shopClient(door, true);
  const ledger = await openLedger(needed('file'));
  const send = (ref: string, amount: number, stop: AbortSignal) => placeOrder(client, ref, amount, stop);
  const options = {
    writers: Number(values.writers),
    pauseMs: Number(values.pause),
    prefix: values.prefix,
    signal,
  };
  const writing = startWriting(send, ledger, options);
  await Promise.all([writing.finished, onGrid(200, signal, () => print(writing.counts))]);
  print(writing.counts);
  await ledger.close();
  client.close();
}

async function read(door: ShopDoor): Promise<void> {
  const client = shopClient(door, true);
  for (const row of await readOrders(client, Number(values.since))) print(row);
  client.close();
}

/** Probe writes on a grid of half a second. Each knocks anew and may take up to 4 s, so several may be under way. */
async function probe(door: ShopDoor): Promise<void> {
  const signal = untilStopped();
  let number = 0;
  const attempt = async () => {
    number += 1;
    const client = shopClient(door, false);
    const startedAt = Date.now();
    const why = await probeOrder(client, `${values.prefix}-${number}`, 4000);
    const result: ProbeAttempt = {
      startedAt,
      endedAt: Date.now(),
      verified: why === undefined,
      ...(why === undefined ? {} : { why }),
    };
    if (!signal.aborted) print(result);
    client.close();
  };
  const underWay: Promise<void>[] = [];
  await onGrid(500, signal, () => underWay.push(attempt()));
  await Promise.all(underWay);
}

const commands = { write, read, probe };

async function main(): Promise<void> {
  const name = positionals[0] ?? '';
  const command = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined;
  if (command === undefined) throw new Error('ledger: say write, read or probe');
  await command({
    host: values.host,
    address: values.address,
    port: Number(values.port),
    trust: await readFile(needed('trust'), 'utf8'),
  });
}

await main();
