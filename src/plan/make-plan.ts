import type { Finding } from '../domain/finding.ts';
import { refText } from '../domain/object-ref.ts';
import type { ManualTask, Plan, PlannedStep, Refusal } from '../domain/plan.ts';
import type { CheckContext } from '../faults/define-fault.ts';
import { faults } from '../faults/index.ts';
import type { GuardContext } from './guards/define-guard.ts';
import { guards } from './guards/index.ts';

function refusalOf(step: PlannedStep, context: GuardContext): Refusal | undefined {
  for (const guard of guards) {
    const objection = guard.judge(step, context);
    if (objection !== undefined)
      return { guard: guard.id, step: step.step, target: step.target, ...objection };
  }
  return undefined;
}

/**
 * Answers findings with steps, in the order of the findings (bottom layer first), at most one step per object.
 * Only `broken` findings are answered; what settles by itself is waited for. Pure: the same input gives the same plan.
 */
export function makePlan(findings: readonly Finding[], check: CheckContext, context: GuardContext): Plan {
  const steps: PlannedStep[] = [];
  const refusals: Refusal[] = [];
  const tasks: ManualTask[] = [];
  const taken = new Set<string>();
  for (const finding of findings.filter((entry) => entry.kind === 'broken')) {
    const fault = faults.find((entry) => entry.id === finding.fault);
    const remedy = fault?.remedy(finding, context.observation, check) ?? [];
    if (remedy.length === 0 && finding.byHand !== undefined) {
      const { object: target, claim: reason, byHand } = finding;
      tasks.push({ fault: finding.fault, target, reason, byHand });
    }
    for (const step of remedy) {
      if (taken.has(refText(step.target))) continue;
      const refusal = refusalOf(step, context);
      taken.add(refText(step.target));
      if (refusal === undefined) steps.push(step);
      else refusals.push(refusal);
    }
  }
  const waits = findings.filter((entry) => entry.kind === 'settling').map((entry) => entry.claim);
  return { steps, refusals, tasks, waits };
}
