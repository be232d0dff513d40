import { z } from 'zod';

import type { OrderRow } from './compare.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { NoAnswer, type ShopClient, type ShopMessage } from './shop-door.ts';

/** Header that makes the example shop keep an order apart from its customers' orders. */
const probeHeader = { 'X-Rekindle-Probe': '1' };

const page = z.object({ orders: z.array(z.object({ id: z.number().int(), ref: z.string() })) });

/** Longest time one request may take, ms. nginx gives up on its upstream after 60 s by default; nobody waits as long. */
const orderTimeoutMs = 10_000;

/** Places one order and tells what is known about it; never throws. */
export async function placeOrder(
  client: ShopClient,
  ref: string,
  amount: number,
  signal: AbortSignal,
): Promise<Outcome> {
  return outcomeOfRequest(client, {
    method: 'POST',
    path: '/orders/',
    body: { ref, amount },
    signal: AbortSignal.any([signal, AbortSignal.timeout(orderTimeoutMs)]),
  });
}

/**
 * Places a probe order and reads it back by a second request: the shop must know the ref by the same id. Resolves
 * with undefined when both worked, else with the reason.
 */
export async function probeOrder(
  client: ShopClient,
  ref: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const placed = await outcomeOfRequest(client, {
    method: 'POST',
    path: '/orders/',
    body: { ref, amount: 1 },
    headers: probeHeader,
    signal,
  });
  if (placed.kind !== 'acknowledged') return `write: ${placed.why}`;
  const again = await outcomeOfRequest(client, {
    method: 'GET',
    path: `/orders/by-ref/${encodeURIComponent(ref)}/`,
    headers: probeHeader,
    signal,
  });
  if (again.kind !== 'acknowledged') return `read back: ${again.why}`;
  return again.id === placed.id ? undefined : `read back: id ${again.id} instead of ${placed.id}`;
}

async function outcomeOfRequest(client: ShopClient, message: ShopMessage): Promise<Outcome> {
  try {
    const answer = await client.send(message);
    return outcomeOf(answer.status, answer.body);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { kind: error.sent ? 'unknown' : 'refused', why: error.message };
  }
}

/** All orders with an id above `since`, oldest first, read through the front door. Throws when a page cannot be read. */
export async function readOrders(client: ShopClient, since: number, limit = 1000): Promise<OrderRow[]> {
  const rows: OrderRow[] = [];
  for (let last = since; ;) {
    const orders = await readPage(client, last, limit);
    rows.push(...orders);
    const highest = Math.max(...orders.map((order) => order.id));
    if (orders.length === 0) return rows;
    if (highest <= last) throw new Error(`the shop repeats itself after order ${last}`);
    last = highest;
  }
}

async function readPage(client: ShopClient, since: number, limit: number): Promise<readonly OrderRow[]> {
  const answer = await client.send({
    method: 'GET',
    path: `/orders/?since=${since}&limit=${limit}`,
    signal: AbortSignal.timeout(30_000),
  });
  if (answer.status !== 200) throw new Error(`reading orders after ${since}: status ${answer.status}`);
  return page.parse(JSON.parse(answer.body)).orders;
}
