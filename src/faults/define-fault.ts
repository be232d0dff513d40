import type { Finding, Layer } from '../domain/finding.ts';
import type { Observation } from '../domain/observation.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { Stack } from '../domain/stack.ts';
import type { PastAction } from '../plan/history.ts';

/** What a check may use besides the observation: all of it plain data. */
export interface CheckContext {
  readonly stack: Stack;
  /** When this run first saw a finding of this fault on this object (refText), ms epoch; undefined: not before. */
  readonly firstSeen: (fault: string, object: string) => number | undefined;
  /** How long a component (`kind/name`) usually takes from its container's start to readiness, seconds; undefined: not known. */
  readonly usualStart?: (component: string) => number | undefined;
  /** Actions of this and earlier runs on this cluster, oldest first, as the journal knows them; undefined: none is known. */
  readonly past?: readonly PastAction[];
}

/**
 * One fault: how it is recognised and which steps answer it. Both are pure. A check that cannot tell returns
 * nothing or an `unknown` finding; it never guesses.
 */
export interface Fault {
  readonly id: string;
  readonly layer: Layer;
  readonly title: string;
  readonly check: (observation: Observation, context: CheckContext) => readonly Finding[];
  /** Steps for one of its findings, smallest action first; none when waiting is better. */
  readonly remedy: (
    finding: Finding,
    observation: Observation,
    context: CheckContext,
  ) => readonly PlannedStep[];
}

/** Identity helper: gives a fault its type where it is written. */
export function defineFault(fault: Fault): Fault {
  return fault;
}
