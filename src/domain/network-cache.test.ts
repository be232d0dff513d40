import { describe, expect, test } from 'vitest';

import { isDamagedCache } from './network-cache.ts';

describe('a file of the network cache is damaged', () => {
  test.each<[string, string | Uint8Array, boolean]>([
    ['when it is empty', '', true],
    ['when it is full of NUL bytes', new Uint8Array(4096), true],
    ['when it ends too early', '{"kind":"cniCacheV1","contai', true],
    ['when it is not an object', '42', true],
    ['not when it is whole', '{"kind":"cniCacheV1","containerId":"1c04","ifName":"eth0"}', false],
  ])('%s', (_name, contents, damaged) => {
    expect(isDamagedCache(Buffer.from(contents as string))).toBe(damaged);
  });
});
