import { describe, expect, test } from 'vitest';

import type { NetworkPolicy } from '../../src/domain/network-policy.ts';
import { nodeRules, type PolicyPod } from './compile.ts';

const everything = { matchLabels: {}, matchExpressions: [] };
const labelled = (app: string) => ({ matchLabels: { app }, matchExpressions: [] });

function pod(app: string, ip: string, changes: Partial<PolicyPod> = {}): PolicyPod {
  return { uid: app, namespace: 'shop', labels: { app }, ip, node: 'a', portNames: {}, ...changes };
}

const pods = [
  pod('pooler', '10.42.0.2'),
  pod('db', '10.42.1.3', { node: 'b', portNames: { postgresql: 5432 } }),
  pod('other', '10.42.1.4', { node: 'b', namespace: 'other' }),
];

function rules(policy: Partial<NetworkPolicy>, node = 'a') {
  const full = { namespace: 'shop', name: 'p', createdAt: 0, podSelector: everything, ...policy };
  const namespaces = { shop: { team: 'shop' }, other: { team: 'other' } };
  return nodeRules({ policies: [full], pods, namespaces }, node);
}

/** Chains and sets under short names, so that a test reads. */
function short(text: string): readonly string[] {
  return text
    .replaceAll(/RKL-NP-([IES])-[0-9a-f]{12}/g, '$1')
    .trim()
    .split('\n');
}

describe('rules of a node', () => {
  test('without a policy let everything through, and forget what was there', () => {
    const { sets, chains } = nodeRules({ policies: [], pods, namespaces: {} }, 'a');
    expect(sets).toBe('');
    expect(short(chains)).toEqual([
      '*filter',
      ':RKL-NP - [0:0]',
      '-A RKL-NP -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN',
      'COMMIT',
    ]);
  });

  test('turn away what no rule allows, in the direction that is governed, on the own node only', () => {
    expect(short(rules({ egress: [] }).chains)).toEqual([
      '*filter',
      ':RKL-NP - [0:0]',
      ':E - [0:0]',
      '-A RKL-NP -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN',
      '-A RKL-NP -s 10.42.0.2 -j E',
      '-A E -j REJECT',
      'COMMIT',
    ]);
    const onB = short(rules({ podSelector: labelled('db'), ingress: [] }, 'b').chains);
    expect(onB).toContain('-A RKL-NP -d 10.42.1.3 -j I');
    expect(short(rules({ podSelector: labelled('db'), ingress: [] }, 'a').chains)).toHaveLength(4);
  });

  test('name peers by sets of addresses', () => {
    const peers = [{ podSelector: labelled('db') }];
    const { sets, chains } = rules({ podSelector: labelled('pooler'), egress: [{ peers, ports: [] }] });
    expect(short(sets)).toEqual(['create S hash:net family inet -exist', 'flush S', 'add S 10.42.1.3']);
    expect(short(chains)).toContain('-A E -m set --match-set S dst -j RETURN');
    const team = { namespaceSelector: { matchLabels: { team: 'other' }, matchExpressions: [] } };
    expect(short(rules({ egress: [{ peers: [team], ports: [] }] }).sets)).toContain('add S 10.42.1.4');
    const block = { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } };
    expect(short(rules({ egress: [{ peers: [block], ports: [] }] }).sets).slice(2)).toEqual([
      'add S 0.0.0.0/1',
      'add S 10.0.0.0/8 nomatch',
      'add S 128.0.0.0/1',
    ]);
  });

  test('name ports by number, range, protocol, and by the name that the destination gives it', () => {
    const ports = [
      { protocol: 'TCP', port: 5432 },
      { protocol: 'TCP', port: 8000, endPort: 8010 },
      { protocol: 'UDP' },
      { protocol: 'TCP', port: 'postgresql' },
      { protocol: 'TCP', port: 'unknown' },
    ] as const;
    const allowed = short(rules({ egress: [{ peers: [], ports }] }).chains).filter((line) =>
      line.endsWith('RETURN'),
    );
    expect(allowed.slice(1)).toEqual([
      '-A E -p tcp --dport 5432 -j RETURN',
      '-A E -p tcp --dport 8000:8010 -j RETURN',
      '-A E -p udp -j RETURN',
      '-A E -d 10.42.1.3 -p tcp --dport 5432 -j RETURN',
    ]);
  });

  test('keep names within what iptables and ipset take', () => {
    const { chainNames, sets } = rules({ egress: [{ peers: [{ podSelector: everything }], ports: [] }] });
    for (const name of chainNames) expect(name.length).toBeLessThanOrEqual(28);
    expect(sets.split(' ')[1]?.length).toBeLessThanOrEqual(31);
  });
});
