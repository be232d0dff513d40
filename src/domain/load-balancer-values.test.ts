import { describe, expect, test } from 'vitest';

import { upstreamNames, withoutNames } from './load-balancer-values.ts';

const values = `ports:
  6443.tcp:
  - k3d-shop-server-0
  30443.tcp:
  - k3d-shop-server-0
  - k3d-shop-agent-0
settings:
  workerConnections: 1024
`;

describe("a load balancer's values", () => {
  test('name their nodes once', () => {
    expect(upstreamNames(values)).toEqual(['k3d-shop-server-0', 'k3d-shop-agent-0']);
    expect(upstreamNames('settings: {}')).toEqual([]);
    expect(() => upstreamNames('ports: [')).toThrow(/flow/i);
  });

  test('lose the names that are gone, and nothing else', () => {
    const left = withoutNames(values, new Set(['k3d-shop-agent-0']));
    expect(upstreamNames(left)).toEqual(['k3d-shop-server-0']);
    expect(left).toContain('workerConnections: 1024');
    expect(withoutNames(left, new Set(['k3d-shop-agent-0']))).toBe(left);
  });

  test('are not left with a port that leads nowhere', () => {
    expect(() => withoutNames(values, new Set(['k3d-shop-server-0']))).toThrow('6443.tcp');
  });
});
