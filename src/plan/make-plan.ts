import type { Finding } from '../domain/finding.ts';
import { refText } from '../domain/object-ref.ts';
import { reservedBy, type ManualTask, type Plan, type PlannedStep, type Refusal } from '../domain/plan.ts';
import { plainLine } from '../domain/plain-text.ts';
import type { CheckContext } from '../faults/define-fault.ts';
import { faults } from '../faults/index.ts';
import type { GuardContext } from './guards/define-guard.ts';
import { guards } from './guards/index.ts';
import { keepingFiles } from './keeping-files.ts';

/** Quotes a few names or one message, characters. */
const longestReason = 2000;

function refusalOf(step: PlannedStep, context: GuardContext): Refusal | undefined {
  for (const guard of guards) {
    const objection = guard.judge(step, context);
    if (objection === undefined) continue;
    // A reason may quote the names of files and the words of servers.
    const reason = plainLine(objection.reason, longestReason);
    return { guard: guard.id, step: step.step, target: step.target, ...objection, reason };
  }
  return undefined;
}

/** The step itself, or the one that takes its place, or why neither is done. */
function allowed(step: PlannedStep, context: GuardContext): PlannedStep | Refusal {
  const refusal = refusalOf(step, context);
  if (refusal === undefined) return step;
  const other = keepingFiles(step, refusal, context.copyOut);
  return other === undefined ? refusal : (refusalOf(other, context) ?? other);
}

/** A broken finding that only a person may mend, as a task. */
function taskOf({ fault, object, claim, byHand, kind }: Finding): ManualTask[] {
  return kind === 'broken' && byHand !== undefined ? [{ fault, target: object, reason: claim, byHand }] : [];
}

/**
 * Answers findings with steps, in the order of the findings (bottom layer first), at most one step per object.
 * What is broken is answered, and a notice where a fault offers to tidy up; what settles by itself is waited for, and what follows from something that a
 * person has to mend first is left alone. Pure: the same input gives the same plan.
 */
export function makePlan(findings: readonly Finding[], check: CheckContext, context: GuardContext): Plan {
  const steps: PlannedStep[] = [];
  const refusals: Refusal[] = [];
  const taken = new Set<string>();
  const tasks = findings.flatMap((finding) => taskOf(finding));
  const forPeople = new Set(tasks.map(({ fault }) => fault));
  const answerable = findings.filter(
    ({ kind, causedBy }) =>
      (kind === 'broken' || kind === 'notice') && !causedBy.some((cause) => forPeople.has(cause)),
  );
  for (const finding of answerable) {
    const fault = faults.find((entry) => entry.id === finding.fault);
    for (const step of fault?.remedy(finding, context.observation, check) ?? []) {
      if (taken.has(refText(step.target))) continue;
      taken.add(refText(step.target));
      const busy = new Set([...context.busy, ...steps.flatMap(reservedBy)]);
      const result = allowed(step, { ...context, busy });
      if ('guard' in result) refusals.push(result);
      else steps.push(result);
    }
  }
  const waits = findings.filter((entry) => entry.kind === 'settling').map((entry) => entry.claim);
  return { steps, refusals, tasks, waits };
}
