import type { Finding } from '../domain/finding.ts';
import type { Observation } from '../domain/observation.ts';
import type { StepName } from '../domain/plan.ts';
import type { CheckContext } from '../faults/define-fault.ts';
import { faults } from '../faults/index.ts';

/**
 * Steps that would answer what still may settle by itself, should it not: whoever asked for one of them has to look again before
 * it can be said that nothing calls for it. Pure.
 */
export function pendingSteps(
  findings: readonly Finding[],
  observation: Observation,
  check: CheckContext,
): ReadonlySet<StepName> {
  const steps = findings
    .filter(({ kind }) => kind === 'settling')
    .flatMap((finding) => {
      const fault = faults.find(({ id }) => id === finding.fault);
      return fault?.remedy(finding, observation, check) ?? [];
    });
  return new Set(steps.map(({ step }) => step));
}
