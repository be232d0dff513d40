import type { Fact } from '../finding.ts';

/** One question that decides about production, with its answer and the evidence. */
export interface ProductionRow {
  readonly id: string;
  readonly question: string;
  /** `partly`: proven, but not for what production needs. `unknown`: could not look, which is never `yes`. */
  readonly state: 'yes' | 'partly' | 'no' | 'unknown';
  /** One sentence. */
  readonly answer: string;
  readonly evidence: readonly Fact[];
  /** Ids of checks whose findings are behind it. */
  readonly checks?: readonly string[];
  /** What to do first. */
  readonly next?: string;
}
