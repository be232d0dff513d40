import { expect, test } from 'vitest';

import { defaultListen, parseListenAddress } from './listen-address.ts';

test.each([
  [defaultListen, '127.0.0.1', 19_464],
  ['localhost:80', '127.0.0.1', 80],
  ['127.3.2.1:65535', '127.3.2.1', 65_535],
  ['[::1]:9000', '::1', 9000],
  ['[::ffff:127.0.0.1]:9000', '::ffff:127.0.0.1', 9000],
])('%s is for this machine, wherever it was written', (text, host, port) => {
  for (const isUsers of [true, false])
    expect(parseListenAddress(text, isUsers)).toEqual({ host, port, isLoopback: true });
});

test.each([
  ['0.0.0.0:9000', '0.0.0.0'],
  ['[::]:9000', '::'],
  ['192.168.1.7:9000', '192.168.1.7'],
  ['[fe80::1]:9000', 'fe80::1'],
])('%s can be reached by others, and is used only when the user has written it', (text, host) => {
  expect(() => parseListenAddress(text, false)).toThrow(/your own configuration/);
  expect(parseListenAddress(text, true)).toEqual({ host, port: 9000, isLoopback: false });
});

test.each([
  [''],
  ['9000'],
  [':9000'],
  ['127.0.0.1'],
  ['127.0.0.1:'],
  ['127.0.0.1:0'],
  ['127.0.0.1:65536'],
  ['127.0.0.1:-1'],
  ['::1:9000'],
  ['[127.0.0.1:9000'],
  ['example.com:9000'],
  ['127.1:9000'],
  ['http://127.0.0.1:9000'],
])('%j is no address and port', (text) => {
  expect(() => parseListenAddress(text, true)).toThrow(/no address and port[^\n]*127\.0\.0\.1:19464/);
});
