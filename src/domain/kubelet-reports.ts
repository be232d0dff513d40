import { liesAhead } from './clock-skew.ts';
import type { NodeContainer, NodeFacts } from './observation.ts';

/** A kubelet renews its node's Lease every 10 s (kubernetes.io, Leases); one renewal may be late, ms. */
export const leaseMs = 20_000;

/**
 * Whether the node's kubelet has reported lately, and since its node's start. A report that lies ahead was made before
 * the clock was set back and may be hours old; a start that lies ahead was before every report of today.
 */
export function kubeletReports(node: NodeContainer, facts: NodeFacts | undefined, now: number): boolean {
  const renewed = facts?.leaseRenewedAt;
  if (renewed === undefined || liesAhead(renewed, now) || now - renewed > leaseMs) return false;
  return renewed >= node.startedAt || liesAhead(node.startedAt, now);
}
