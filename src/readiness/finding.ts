import type { ObjectRef } from '../domain/object-ref.ts';
import type { Place } from './world/snapshot.ts';

/** How bad, worst first. Levels of `--fail-on`. */
export const severities = ['high', 'medium', 'low', 'info'] as const;
/**
 * `high`: one ordinary event (a pod, a node, a disk, a loss of power) loses data or the service, or it does not come back.
 * `medium`: such an event makes an outage, or a longer one. `low`: it makes faults harder to see, to mend or to bear.
 * `info`: worth knowing; nothing has to be done.
 */
export type Severity = (typeof severities)[number];

/** One observed fact: the object, the field and the value that was read. */
export interface Fact {
  readonly object: string;
  readonly field: string;
  readonly value: string;
}

/** What to do first. */
export interface Advice {
  /** One sentence. */
  readonly say: string;
  /** What stands in the way of doing just that to this object. */
  readonly note?: string;
  /** A command line for this very object; undefined where there is none, or no cluster. */
  readonly command?: string;
}

/** Something that makes the stack less ready for production, about one object. */
export interface ReadinessFinding {
  /** Id of the check. */
  readonly check: string;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly container?: string;
  /** One plain sentence. */
  readonly claim: string;
  readonly evidence: readonly Fact[];
  readonly advice: Advice;
  /** Where the object is written down; undefined for a cluster. */
  readonly place?: Place;
}

/** Whether `one` is as bad as `other` or worse. */
export function isAtLeast(one: Severity, other: Severity): boolean {
  return severities.indexOf(one) <= severities.indexOf(other);
}
