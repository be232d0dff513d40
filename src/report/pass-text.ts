import type { Finding } from '../domain/finding.ts';
import type { Looked } from '../domain/looked.ts';
import { refText } from '../domain/object-ref.ts';
import type { Observation } from '../domain/observation.ts';
import { plainLine } from '../domain/plain-text.ts';
import type { Plan } from '../domain/plan.ts';
import { refusalText, taskText } from './text.ts';

interface Seen {
  readonly observation: Observation;
  readonly findings: readonly Finding[];
  readonly plan: Plan;
}

function lookText(name: string, { ms, from, ...looked }: Looked<unknown>): string {
  const time = ms === undefined ? '' : ` in ${Math.round(ms)} ms`;
  const result = looked.looked ? `seen${time}` : `not seen${time}: ${plainLine(looked.why)}`;
  return `  looked at ${name} (${from}): ${result}`;
}

/** One pass in full: each look and how long it took, what was judged, what was planned, and what was not and why. */
export function passText({ observation, findings, plan }: Seen, number: number): readonly string[] {
  const { at: _at, ...looks } = observation;
  return [
    `pass ${number}`,
    ...Object.entries(looks).map(([name, looked]) => lookText(name, looked)),
    ...findings.map(({ kind, layer, claim, fault }) => `  found ${kind} ${layer}: ${claim} (${fault})`),
    ...plan.steps.map(({ step, target, because }) => `  planned ${step} on ${refText(target)} (${because})`),
    ...plan.tasks.map((task) => `  ${taskText(task)} (${task.fault})`),
    ...plan.refusals.map((refusal) => `  ${refusalText(refusal)} (${refusal.guard})`),
    ...plan.waits.map((wait) => `  waiting: ${wait}`),
    ...(plan.steps.length + plan.refusals.length + plan.tasks.length === 0 ? ['  nothing is planned'] : []),
  ];
}
