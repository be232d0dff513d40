/** How far the proof reaches (design: Verify). */
export type ProofLevel = 'none' | 'serving' | 'writable' | 'verified';

/** Three-valued answer of a probe, with evidence in words. */
export interface ProbeAnswer {
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly evidence: string;
  readonly at: number;
}

export interface Verdict {
  readonly state: 'healthy' | 'broken' | 'settling' | 'unknown';
  /** The highest level that was proven in this run. */
  readonly proven: ProofLevel;
  /** The level that was asked for. */
  readonly wanted: ProofLevel;
  /** One sentence, including what was not proven. */
  readonly sentence: string;
  readonly at: number;
}
