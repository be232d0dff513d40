import { createHash } from 'node:crypto';

import {
  type NetworkPolicy,
  type PolicyDirection,
  type PolicyPeer,
  type PolicyPort,
  selects,
} from '../../src/domain/network-policy.ts';

/** A pod as far as the rules need it. */
export interface PolicyPod {
  readonly uid: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly node: string;
  /** Container ports by name. */
  readonly portNames: Readonly<Record<string, number>>;
}

export interface PolicyWorld {
  readonly policies: readonly NetworkPolicy[];
  readonly pods: readonly PolicyPod[];
  /** Labels of each namespace by its name. */
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What one node has to be given: input of `ipset restore` and of `iptables-restore --noflush`, table filter. */
export interface NodeRules {
  readonly sets: string;
  readonly chains: string;
  /** Names of all chains of these rules, to tell what an earlier run left. */
  readonly chainNames: readonly string[];
}

/** Every chain and set begins so. An iptables chain's name has 28 characters at most, a set's 31. */
export const rulePrefix = 'RKL-NP';

function nameOf(kind: string, identity: string): string {
  return `${rulePrefix}-${kind}-${createHash('sha256').update(identity).digest('hex').slice(0, 12)}`;
}

/** hash:net takes no prefix of length 0. */
function halves(cidr: string): readonly string[] {
  return cidr === '0.0.0.0/0' ? ['0.0.0.0/1', '128.0.0.0/1'] : [cidr];
}

function entriesOf(peer: PolicyPeer, policy: NetworkPolicy, world: PolicyWorld): readonly string[] {
  if ('ipBlock' in peer) {
    return [
      ...halves(peer.ipBlock.cidr),
      ...peer.ipBlock.except.flatMap(halves).map((cidr) => `${cidr} nomatch`),
    ];
  }
  const { podSelector, namespaceSelector } = peer;
  return world.pods
    .filter(({ namespace, labels }) => {
      const isThere =
        namespaceSelector === undefined
          ? namespace === policy.namespace
          : selects(namespaceSelector, world.namespaces[namespace] ?? {});
      return isThere && (podSelector === undefined || selects(podSelector, labels));
    })
    .map(({ ip }) => ip);
}

/** Ports as iptables takes them; a name means the destination's port, which differs from pod to pod. */
function portMatches(ports: readonly PolicyPort[], destinations: readonly PolicyPod[]): readonly string[] {
  if (ports.length === 0) return [''];
  return ports.flatMap(({ protocol, port, endPort }) => {
    const of = `-p ${protocol.toLowerCase()}`;
    if (port === undefined) return [of];
    if (typeof port === 'number')
      return [`${of} --dport ${endPort === undefined ? port : `${port}:${endPort}`}`];
    return destinations.flatMap((pod) => {
      const number = pod.portNames[port];
      return number === undefined ? [] : [`-d ${pod.ip} ${of} --dport ${number}`];
    });
  });
}

interface Built {
  readonly sets: Map<string, readonly string[]>;
  readonly chains: Map<string, readonly string[]>;
  readonly jumps: string[];
}

/** One pod's allow rules for one direction; what none of them lets through is turned away, as kube-router does it. */
function isolate(pod: PolicyPod, direction: PolicyDirection, world: PolicyWorld, built: Built): void {
  const isolating = world.policies.filter(
    (policy) =>
      policy[direction] !== undefined &&
      policy.namespace === pod.namespace &&
      selects(policy.podSelector, pod.labels),
  );
  if (isolating.length === 0) return;
  const chain = nameOf(direction === 'ingress' ? 'I' : 'E', pod.uid);
  const lines: string[] = [];
  for (const policy of isolating) {
    for (const [index, { peers, ports }] of (policy[direction] ?? []).entries()) {
      const others = direction === 'ingress' ? 'src' : 'dst';
      let match = '';
      if (peers.length > 0) {
        const set = nameOf('S', `${policy.namespace}/${policy.name}/${direction}/${index}`);
        built.sets.set(set, [...new Set(peers.flatMap((peer) => entriesOf(peer, policy, world)))].sort());
        match = `-m set --match-set ${set} ${others} `;
      }
      const destinations = direction === 'ingress' ? [pod] : world.pods;
      for (const port of portMatches(ports, destinations))
        lines.push(`-A ${chain} ${match}${port === '' ? '' : `${port} `}-j RETURN`);
    }
  }
  lines.push(`-A ${chain} -j REJECT`);
  built.chains.set(chain, lines);
  built.jumps.push(`-A ${rulePrefix} ${direction === 'ingress' ? '-d' : '-s'} ${pod.ip} -j ${chain}`);
}

function setText(name: string, entries: readonly string[]): string {
  const added = entries.map((entry) => `add ${name} ${entry}\n`).join('');
  return `create ${name} hash:net family inet -exist\nflush ${name}\n${added}`;
}

/**
 * The rules of one node for its own pods (networking.k8s.io/v1): both directions, established connections go on, so that
 * a policy that is added later bites at the next connection. Services are translated before these rules are asked.
 */
export function nodeRules(world: PolicyWorld, node: string): NodeRules {
  const built: Built = { sets: new Map(), chains: new Map(), jumps: [] };
  for (const pod of world.pods.filter((entry) => entry.node === node)) {
    isolate(pod, 'egress', world, built);
    isolate(pod, 'ingress', world, built);
  }
  const chainNames = [rulePrefix, ...built.chains.keys()];
  return {
    sets: [...built.sets].map(([name, entries]) => setText(name, entries)).join(''),
    chains: [
      '*filter',
      ...chainNames.map((name) => `:${name} - [0:0]`),
      `-A ${rulePrefix} -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN`,
      ...built.jumps,
      ...[...built.chains.values()].flat(),
      'COMMIT',
      '',
    ].join('\n'),
    chainNames,
  };
}
