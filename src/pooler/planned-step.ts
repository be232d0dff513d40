import type { PlannedStep } from '../domain/plan.ts';

/** What the steps of one command share. */
export interface Occasion {
  /** The command that asks for them. */
  readonly because: string;
  /** Time of the look, ms epoch. */
  readonly at: number;
}

type Details = Pick<PlannedStep, 'step' | 'target' | 'reason' | 'provenBy' | 'undo'> &
  Partial<Pick<PlannedStep, 'risk' | 'parameters'>>;

/** A step that a person asked for: safe, unless it says otherwise. */
export function plannedStep({ because, at }: Occasion, details: Details): PlannedStep {
  return { risk: 'safe', parameters: {}, ...details, because, evidenceAt: at };
}
