import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  blocksOf,
  type NetworkPolicy,
  type PolicyConnection,
  type PolicyEnd,
  selects,
} from './network-policy.ts';

const everything = { matchLabels: {}, matchExpressions: [] };
const labelled = (matchLabels: Record<string, string>) => ({ matchLabels, matchExpressions: [] });

function end(app: string, changes: Partial<PolicyEnd> = {}): PolicyEnd {
  return {
    namespace: 'shop',
    namespaceLabels: { team: 'shop' },
    labels: { app },
    ip: '10.42.0.5',
    ...changes,
  };
}

function connection(changes: Partial<PolicyConnection> = {}): PolicyConnection {
  return {
    from: end('pooler', { ip: '10.42.1.7' }),
    to: end('db'),
    protocol: 'TCP',
    port: 5432,
    portNames: { postgresql: 5432 },
    ...changes,
  };
}

function policy(changes: Partial<NetworkPolicy> = {}): NetworkPolicy {
  return { namespace: 'shop', name: 'p', createdAt: 0, podSelector: everything, ...changes };
}

/** Directions that these policies close for the connection from the pooler to the database. */
function closed(
  policies: readonly NetworkPolicy[],
  changes: Partial<PolicyConnection> = {},
): readonly string[] {
  return blocksOf(policies, connection(changes)).map(({ direction }) => direction);
}

const toDatabase = { peers: [{ podSelector: labelled({ app: 'db' }) }], ports: [] };

const on = (port: Partial<{ protocol: 'TCP' | 'UDP'; port: number | string; endPort: number }>) =>
  closed([policy({ egress: [{ peers: [], ports: [{ protocol: 'TCP', ...port }] }] })]);

const one = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: string[]) =>
  selects({ matchLabels: {}, matchExpressions: [{ key: 'app', operator, values }] }, { app: 'db' });

describe('what network policies let through', () => {
  test('without a policy that selects an end everything passes', () => {
    expect(closed([])).toEqual([]);
    expect(closed([policy({ podSelector: labelled({ app: 'other' }), ingress: [], egress: [] })])).toEqual(
      [],
    );
    expect(closed([policy({ namespace: 'elsewhere', ingress: [], egress: [] })])).toEqual([]);
  });

  test('a policy governs only the directions that it names', () => {
    expect(closed([policy({ egress: [] })])).toEqual(['egress']);
    expect(closed([policy({ ingress: [] })])).toEqual(['ingress']);
    expect(closed([policy({ ingress: [], egress: [] })])).toEqual(['egress', 'ingress']);
  });

  test('one rule of one policy is enough', () => {
    expect(closed([policy({ egress: [] }), policy({ name: 'q', egress: [toDatabase] })])).toEqual([]);
    expect(closed([policy({ egress: [{ peers: [], ports: [] }] })])).toEqual([]);
  });

  test('peers: pods of the own namespace, of selected namespaces, addresses', () => {
    const away = end('db', { namespace: 'data', namespaceLabels: { team: 'data' }, ip: '192.168.3.4' });
    expect(closed([policy({ egress: [toDatabase] })], { to: away })).toEqual(['egress']);
    const ofTeam = { namespaceSelector: labelled({ team: 'data' }) };
    expect(closed([policy({ egress: [{ peers: [ofTeam], ports: [] }] })], { to: away })).toEqual([]);
    const both = { ...ofTeam, podSelector: labelled({ app: 'cache' }) };
    expect(closed([policy({ egress: [{ peers: [both], ports: [] }] })], { to: away })).toEqual(['egress']);
    const block = (cidr: string, ...except: string[]) =>
      policy({ egress: [{ peers: [{ ipBlock: { cidr, except } }], ports: [] }] });
    expect(closed([block('192.168.0.0/16')], { to: away })).toEqual([]);
    expect(closed([block('192.168.0.0/16', '192.168.3.0/24')], { to: away })).toEqual(['egress']);
    expect(closed([block('10.0.0.0/8')], { to: away })).toEqual(['egress']);
    expect(closed([block('fd00::/8')], { to: away })).toEqual(['egress']);
    expect(closed([block('192.168.0.0/16')], { to: { ...away, ip: undefined } })).toEqual(['egress']);
  });

  test('ports: protocol, number, name of the destination, range', () => {
    expect(on({})).toEqual([]);
    expect(on({ protocol: 'UDP' })).toEqual(['egress']);
    expect(on({ port: 5432 })).toEqual([]);
    expect(on({ port: 8008 })).toEqual(['egress']);
    expect(on({ port: 'postgresql' })).toEqual([]);
    expect(on({ port: 'patroni' })).toEqual(['egress']);
    expect(on({ port: 5000, endPort: 6000 })).toEqual([]);
    expect(on({ port: 5000, endPort: 5431 })).toEqual(['egress']);
  });

  test('label expressions', () => {
    expect([one('In', 'db'), one('In', 'x'), one('NotIn', 'x'), one('NotIn', 'db')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([one('Exists'), one('DoesNotExist')]).toEqual([true, false]);
    const absent = {
      matchLabels: {},
      matchExpressions: [{ key: 'b', operator: 'NotIn' as const, values: ['x'] }],
    };
    expect(selects(absent, {})).toBe(true);
  });

  test('policies only add up: one more rule never closes what was open', () => {
    const anyLabels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('db', 'pooler'), {
      maxKeys: 2,
    });
    const anyRule = fc.record({
      peers: fc.array(fc.record({ podSelector: anyLabels.map(labelled) }), { maxLength: 2 }),
      ports: fc.array(
        fc.record({
          protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
          port: fc.constantFrom(5432, 53),
        }),
        { maxLength: 2 },
      ),
    });
    const anyPolicy = fc
      .record({ podSelector: anyLabels.map(labelled), egress: fc.array(anyRule, { maxLength: 3 }) })
      .map((parts) => policy(parts));
    fc.assert(
      fc.property(fc.array(anyPolicy, { minLength: 1, maxLength: 3 }), anyRule, (policies, rule) => {
        const before = closed(policies);
        const wider = policies.map((entry) => ({ ...entry, egress: [...(entry.egress ?? []), rule] }));
        expect(closed(wider).length).toBeLessThanOrEqual(before.length);
      }),
    );
  });
});
