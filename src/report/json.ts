import type { Finding } from '../domain/finding.ts';
import { refText } from '../domain/object-ref.ts';
import type { ManualTask, PlannedStep, Refusal } from '../domain/plan.ts';

const version = 'rekindle.dev/v1alpha1';

/** One command's answer: `schema` names its shape and version. */
export function document(command: string, body: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ schema: `${version}/${command}`, ...body }, undefined, 2)}\n`;
}

/** A refusal with its target as text. */
export function refusalJson(refusal: Refusal): Readonly<Record<string, unknown>> {
  return { ...refusal, target: refText(refusal.target) };
}

/** A task for a person with its target as text. */
export function taskJson(task: ManualTask): Readonly<Record<string, unknown>> {
  return { ...task, target: refText(task.target) };
}

/** A planned step with its target as text. */
export function stepJson(step: PlannedStep): Readonly<Record<string, unknown>> {
  return { ...step, target: refText(step.target) };
}

/** A finding with its object as text. */
export function findingJson(finding: Finding): Readonly<Record<string, unknown>> {
  return { ...finding, object: refText(finding.object) };
}
