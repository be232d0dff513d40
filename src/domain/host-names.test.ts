import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { hostName, withEntries } from './host-names.ts';

const entry = { name: hostName, address: '172.18.0.1' };

describe('a list of host names', () => {
  test('keeps every other line and gets the entry once', () => {
    const list = '172.18.0.3 server-0\n\n10.0.0.9 old.address host.k3d.internal\n';
    expect(withEntries(list, [entry])).toBe('172.18.0.3 server-0\n172.18.0.1 host.k3d.internal\n');
    expect(withEntries('', [entry])).toBe('172.18.0.1 host.k3d.internal\n');
  });

  test('is the same when it is done twice', () => {
    const line = fc
      .tuple(fc.ipV4(), fc.constantFrom('a', 'b', hostName))
      .map(([ip, name]) => `${ip} ${name}`);
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const once = withEntries(lines.join('\n'), [entry]);
        expect(withEntries(once, [entry])).toBe(once);
        expect(once.split('\n').filter((text) => text.includes(hostName))).toHaveLength(1);
      }),
    );
  });
});
