import type { Fact } from '../finding.ts';

/** What is true of a local cluster whatever runs on it, measured on this very one. */
export interface Limitation {
  readonly id: 'one-machine' | 'data' | 'addresses' | 'datastore' | 'load-balancer';
  readonly title: string;
  /** `holds`: measured to be so. `does-not-hold`: measured not to be. `unknown`: could not look. */
  readonly state: 'holds' | 'does-not-hold' | 'unknown';
  /** What was found, in one sentence. */
  readonly found: string;
  readonly evidence: readonly Fact[];
  /** What that costs; undefined where it does not hold. */
  readonly cost?: string;
  /** The way out of it. */
  readonly wayOut?: string;
}

/** Something below it could not be looked at: said, and never taken for fine. */
export function unknownLimitation(
  { id, title }: Pick<Limitation, 'id' | 'title'>,
  why: string,
  evidence: readonly Fact[] = [],
): Limitation {
  return { id, title, state: 'unknown', found: `Could not look: ${why}.`, evidence };
}
