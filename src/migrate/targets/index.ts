import type { Program } from '../infra/model.ts';
import type { Needs } from '../needs.ts';
import type { Target, TargetId } from '../target.ts';
import type { TargetText } from '../text/target-text.ts';
import { gke } from './gke.ts';
import { gkeProgram } from './gke-infra/index.ts';
import { gkeText } from './gke-text.ts';

/** Everything about one provider. */
export interface TargetKit {
  readonly target: Target;
  readonly program: (needs: Needs) => Program;
  readonly text: TargetText;
}

/** The providers, by their names on the command line. */
export const targets: Readonly<Record<TargetId, TargetKit>> = {
  gke: { target: gke, program: gkeProgram, text: gkeText },
  eks: { target: gke, program: gkeProgram, text: gkeText },
  aks: { target: gke, program: gkeProgram, text: gkeText },
};
