import type { ObjectRef } from './object-ref.ts';

/** Layers from the bottom up: most broken things are broken because of a lower layer (faults.md R2). */
export const layers = [
  'host',
  'engine',
  'node',
  'control-plane',
  'dns',
  'storage',
  'operator',
  'database',
  'pooler',
  'cache',
  'app',
  'edge',
] as const;
export type Layer = (typeof layers)[number];

/** One observed fact that supports or contradicts a claim: the object, the field and the value that was read. */
export interface Evidence {
  readonly object: string;
  readonly field: string;
  readonly value: string;
  /** When it was read, ms epoch. */
  readonly at: number;
}

/** A judgement over one observation. Something wrong in the stack is data, never a thrown error. */
export interface Finding {
  /** Id of the fault (folder in src/faults). */
  readonly fault: string;
  readonly layer: Layer;
  readonly object: ObjectRef;
  /** One plain sentence. */
  readonly claim: string;
  /**
   * `broken`: does not heal by itself, or much later than with help. `settling`: expected to heal by itself, waited for.
   * `unknown`: could not look. `notice`: true and worth saying, not a reason to be unhealthy.
   */
  readonly kind: 'broken' | 'settling' | 'unknown' | 'notice';
  readonly evidence: readonly Evidence[];
  /** Why the next-best cause is not it. */
  readonly against?: string;
  /** What a person can do about it, ready to be used. Only where that is not this program's to do. */
  readonly byHand?: string;
  /** Fault ids + objects (refText) of findings that explain this one. */
  readonly causedBy: readonly string[];
}
