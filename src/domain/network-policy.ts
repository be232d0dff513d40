import ipaddr from 'ipaddr.js';

/**
 * What NetworkPolicies let through (networking.k8s.io/v1; kubernetes.io, Network Policies). Pure: policies and two ends
 * in, an answer with the policies that are to blame out. Whether the cluster's network plug-in enforces policies at all
 * is another question: only a connection that was tried answers it.
 */

/** A label selector; no terms at all selects everything. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}

export type PolicyPeer =
  | { readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] } }
  | {
      /** Undefined: every pod of the namespaces that the other selector selects. */
      readonly podSelector?: LabelSelector;
      /** Undefined: the policy's own namespace. */
      readonly namespaceSelector?: LabelSelector;
    };

export interface PolicyPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  /** A number, or the name of a container port of the destination; undefined: every port. */
  readonly port?: number | string;
  readonly endPort?: number;
}

/** One allow rule; no peers means everybody, no ports means every port. */
export interface PolicyRule {
  readonly peers: readonly PolicyPeer[];
  readonly ports: readonly PolicyPort[];
}

export interface NetworkPolicy {
  readonly namespace: string;
  readonly name: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly podSelector: LabelSelector;
  /** Rules of a direction that the policy governs; undefined: it says nothing about that direction. */
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

/** One end of a connection. */
export interface PolicyEnd {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string | undefined;
}

export interface PolicyConnection {
  readonly from: PolicyEnd;
  readonly to: PolicyEnd;
  readonly protocol: PolicyPort['protocol'];
  readonly port: number;
  /** Container ports of the destination by name. */
  readonly portNames: Readonly<Record<string, number>>;
}

export type PolicyDirection = 'ingress' | 'egress';

/** One direction in which a connection is not let through, and the policies that isolate that end. */
export interface PolicyBlock {
  readonly direction: PolicyDirection;
  readonly policies: readonly NetworkPolicy[];
}

/** Whether labels match; `In` and `NotIn` as in apimachinery: a missing key is not in any set. */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
      }
    })
  );
}

/** Whether an address lies in a CIDR block; the other family's blocks hold none. */
function inBlock(ip: string, cidr: string): boolean {
  const address = ipaddr.parse(ip);
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return address.kind() === network.kind() && address.match([network, bits]);
}

function peerAllows(peer: PolicyPeer, policy: NetworkPolicy, end: PolicyEnd): boolean {
  if ('ipBlock' in peer) {
    const { cidr, except } = peer.ipBlock;
    const { ip } = end;
    return ip !== undefined && inBlock(ip, cidr) && !except.some((part) => inBlock(ip, part));
  }
  const namespaceFits =
    peer.namespaceSelector === undefined
      ? end.namespace === policy.namespace
      : selects(peer.namespaceSelector, end.namespaceLabels);
  return namespaceFits && (peer.podSelector === undefined || selects(peer.podSelector, end.labels));
}

function portAllows(allowed: PolicyPort, { protocol, port, portNames }: PolicyConnection): boolean {
  if (allowed.protocol !== protocol) return false;
  if (allowed.port === undefined) return true;
  const first = typeof allowed.port === 'string' ? portNames[allowed.port] : allowed.port;
  return first !== undefined && port >= first && port <= (allowed.endPort ?? first);
}

/** The directions in which these policies do not let the connection through; none: it passes. */
export function blocksOf(
  policies: readonly NetworkPolicy[],
  connection: PolicyConnection,
): readonly PolicyBlock[] {
  const { from, to } = connection;
  const ends = [
    { direction: 'egress', own: from, other: to },
    { direction: 'ingress', own: to, other: from },
  ] as const;
  return ends.flatMap(({ direction, own, other }) => {
    const isolating = policies.filter(
      (policy) =>
        policy[direction] !== undefined &&
        policy.namespace === own.namespace &&
        selects(policy.podSelector, own.labels),
    );
    const passes = isolating.some((policy) =>
      (policy[direction] ?? []).some(
        ({ peers, ports }) =>
          (peers.length === 0 || peers.some((peer) => peerAllows(peer, policy, other))) &&
          (ports.length === 0 || ports.some((port) => portAllows(port, connection))),
      ),
    );
    return isolating.length === 0 || passes ? [] : [{ direction, policies: isolating }];
  });
}
