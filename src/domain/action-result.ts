import type { StepName } from './plan.ts';

/** What a run did to one object. */
export interface ActionResult {
  readonly action: string;
  readonly step: StepName;
  /** refText of the object. */
  readonly target: string;
  readonly acted: 'done' | 'failed' | 'skipped';
  readonly verified: 'yes' | 'no' | 'unknown';
  /** What was done, in the step's own words; undefined when nothing was. */
  readonly did?: string;
  /** What the proof says, or why nothing was done. */
  readonly detail: string;
  /** From the intention to the proof. */
  readonly seconds: number;
}
