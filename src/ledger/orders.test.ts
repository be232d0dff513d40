import { describe, expect, test } from 'vitest';

import { placeOrder, probeOrder, readOrders } from './orders.ts';
import { outcomeOf } from './outcome.ts';
import { type DoorAnswer, NoAnswer, type ShopClient, type ShopMessage } from './shop-door.ts';

function door(answer: (message: ShopMessage) => DoorAnswer): ShopClient {
  return { send: (message) => Promise.resolve().then(() => answer(message)), close: () => undefined };
}
function answers(...ids: number[]): ShopClient {
  let call = 0;
  return door(() => ({ status: 201, body: JSON.stringify({ id: ids[call++] }) }));
}
const idle = new AbortController().signal;

test.each([
  [201, '{"id":7,"ref":"a"}', 'acknowledged'],
  [200, '{"id":7,"ref":"a","duplicate":true}', 'acknowledged'],
  [201, '<html>', 'unknown'],
  [200, '{"id":"7"}', 'unknown'],
  [302, '', 'unknown'],
  [400, '', 'refused'],
  [404, '', 'refused'],
  [408, '', 'unknown'],
  [499, '', 'unknown'],
  [500, '', 'unknown'],
  [502, '', 'unknown'],
])('status %i with body %s is %s', (status, body, kind) => {
  expect(outcomeOf(status, body).kind).toBe(kind);
});

describe('placing an order', () => {
  test.each([
    [false, 'refused'],
    [true, 'unknown'],
  ])('without an answer, sent %s: %s', async (sent, kind) => {
    const client = door(() => {
      throw new NoAnswer('ECONNRESET', sent, undefined);
    });
    expect(await placeOrder(client, 'a', 1, idle)).toEqual({ kind, why: 'ECONNRESET' });
  });
});

describe('a probe order', () => {
  test('is verified when the shop knows it by the same id', async () => {
    expect(await probeOrder(answers(4, 4), 'p', 100)).toBeUndefined();
  });
  test('is not verified when it was not kept', async () => {
    expect(await probeOrder(answers(4, 5), 'p', 100)).toBe('read back: id 5 instead of 4');
  });
  test('is kept apart from the orders of customers', async () => {
    const seen: string[] = [];
    const client = door((message) => {
      seen.push(`${message.method} ${message.path} ${message.headers?.['X-Rekindle-Probe']}`);
      return message.method === 'POST' ? { status: 201, body: '{"id":1}' } : { status: 404, body: '' };
    });
    expect(await probeOrder(client, 'p', 100)).toBe('read back: status 404');
    expect(seen).toEqual(['POST /orders/ 1', 'GET /orders/by-ref/p/ 1']);
  });
});

describe('reading all orders', () => {
  const all = Array.from({ length: 25 }, (_, index) => ({ id: index * 2 + 1, ref: `r${index}` }));
  const shop = door(({ path }) => {
    const query = new URL(path, 'https://shop').searchParams;
    const since = Number(query.get('since'));
    const orders = all.filter((order) => order.id > since).slice(0, Number(query.get('limit')));
    return { status: 200, body: JSON.stringify({ orders }) };
  });
  test('follows the pages to the end', async () => {
    expect(await readOrders(shop, 0, 10)).toEqual(all);
    expect(await readOrders(shop, 41, 10)).toEqual(all.filter((order) => order.id > 41));
  });
  test('an error page is never an empty list', async () => {
    const broken = door(() => ({ status: 502, body: '{"orders":[]}' }));
    await expect(readOrders(broken, 0)).rejects.toThrow('status 502');
  });
  test('a shop that repeats a page does not make it run for ever', async () => {
    const stuck = door(() => ({ status: 200, body: JSON.stringify({ orders: all.slice(0, 2) }) }));
    await expect(readOrders(stuck, 0)).rejects.toThrow('repeats itself');
  });
});
