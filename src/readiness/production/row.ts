import type { Looked } from '../../domain/looked.ts';
import type { Fact, Severity } from '../finding.ts';

/** One question that decides about production, with its answer and the evidence. */
export interface ProductionRow {
  readonly id: string;
  readonly question: string;
  /** `partly`: proven, but not for what production needs. `unknown`: could not look, which is never `yes`. */
  readonly state: 'yes' | 'partly' | 'no' | 'unknown';
  /** How bad a no is. */
  readonly severity: Severity;
  /** One sentence. */
  readonly answer: string;
  readonly evidence: readonly Fact[];
  /** Ids of checks whose findings are behind it. */
  readonly checks?: readonly string[];
  /** What to do first. */
  readonly next?: string;
  /** The command line that begins it. */
  readonly command?: string;
}

/** A question with what to do when its answer is no. */
export type Question = Pick<ProductionRow, 'id' | 'question' | 'severity' | 'next' | 'command'>;

/** The row of a question that could not be looked at. */
export function couldNotAnswer(
  head: Question,
  { why, from }: Looked<unknown> & { looked: false },
): ProductionRow {
  return {
    ...head,
    state: 'unknown',
    answer: `Could not look: ${why}.`,
    evidence: [{ object: from, field: 'answer', value: why }],
  };
}

/** A proof that is older than this says little about the stack of today, ms. */
export const staleMs = 30 * 24 * 3600 * 1000;
