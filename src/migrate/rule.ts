import type { Bench } from './bench.ts';
import type { Measured } from './measured.ts';
import type { DatabaseChoice, Target } from './target.ts';

/** What a rule may know besides the objects. */
export interface RuleContext {
  readonly target: Target;
  readonly database: DatabaseChoice;
  readonly measured?: Measured;
}

/** One habit of a local cluster that is rewritten for the target, or told as a task. */
export interface Rule {
  readonly id: string;
  /** What it looks for, for the documentation. */
  readonly looksFor: string;
  readonly run: (bench: Bench, context: RuleContext) => void;
}
