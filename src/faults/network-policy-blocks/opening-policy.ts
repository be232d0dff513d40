import { stringify } from 'yaml';

import type { PolicyDirection } from '../../domain/network-policy.ts';

/** One connection that must be let through. */
export interface MissingEdge {
  readonly namespace: string;
  /** Names of the two ends, for the policy's name. */
  readonly from: string;
  readonly to: string;
  readonly fromLabels: Readonly<Record<string, string>>;
  readonly toLabels: Readonly<Record<string, string>>;
  readonly port: number;
}

/** What policies of that direction select, and what they name as the other end. */
function policyOf(edge: MissingEdge, direction: PolicyDirection): Readonly<Record<string, unknown>> {
  const isEgress = direction === 'egress';
  const own = isEgress ? edge.fromLabels : edge.toLabels;
  const other = [{ podSelector: { matchLabels: isEgress ? edge.toLabels : edge.fromLabels } }];
  const ports = [{ protocol: 'TCP', port: edge.port }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: `allow-${direction}-${edge.from}-to-${edge.to}`.slice(0, 63),
      namespace: edge.namespace,
    },
    spec: {
      podSelector: { matchLabels: own },
      policyTypes: [isEgress ? 'Egress' : 'Ingress'],
      ...(isEgress ? { egress: [{ to: other, ports }] } : { ingress: [{ from: other, ports }] }),
    },
  };
}

/**
 * A command with the smallest policies that let the connection through: policies add up, so that nothing has to be
 * changed or taken away.
 */
export function openingCommand(edge: MissingEdge, directions: readonly PolicyDirection[]): string {
  const manifests = directions.map((direction) => stringify(policyOf(edge, direction)));
  return `kubectl apply -f - <<'EOF'\n${manifests.join('---\n')}EOF`;
}
