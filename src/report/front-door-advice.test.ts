import { expect, test } from 'vitest';

import type { FrontDoor } from '../domain/stack.ts';
import { frontDoorAdvice } from './front-door-advice.ts';

const door = {
  url: 'https://shop.local:8443/',
  address: '0.0.0.0:8443',
  tlsSecret: { namespace: 'shop', name: 'shop-tls' },
} as unknown as FrontDoor;

test('a name without an address is told with the one line that gives it one', () => {
  const lines = frontDoorAdvice(door, undefined);
  expect(lines[0]).toContain('shop.local has no address on this machine');
  expect(lines).toContain("  echo '127.0.0.1 shop.local' | sudo tee -a /etc/hosts");
  expect(lines.at(-1)).toContain("kubectl -n shop get secret shop-tls -o jsonpath='{.data.tls\\.crt}'");
  const { tlsSecret: _none, ...plain } = door;
  expect(frontDoorAdvice({ ...plain, address: '[::1]:8443' }, undefined)).toEqual([
    expect.stringContaining('shop.local'),
    "  echo '::1 shop.local' | sudo tee -a /etc/hosts",
  ]);
});

test('a name that has an address needs no advice', () => {
  expect(frontDoorAdvice(door, ['127.0.0.1'])).toEqual([]);
});
