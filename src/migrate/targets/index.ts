import type { Program } from '../infra/model.ts';
import type { Needs } from '../needs.ts';
import type { Target, TargetId } from '../target.ts';
import type { TargetText } from '../text/target-text.ts';
import { aks } from './aks.ts';
import { aksProgram } from './aks-infra/index.ts';
import { aksText } from './aks-text.ts';
import { eks } from './eks.ts';
import { eksProgram } from './eks-infra/index.ts';
import { eksText } from './eks-text.ts';
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
  eks: { target: eks, program: eksProgram, text: eksText },
  aks: { target: aks, program: aksProgram, text: aksText },
};
