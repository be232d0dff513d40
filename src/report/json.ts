import type { Finding } from '../domain/finding.ts';
import { refText } from '../domain/object-ref.ts';
import type { ManualTask, PlannedStep, Refusal } from '../domain/plan.ts';

const version = 'rekindle.dev/v1alpha1';

/** What JSON may hold as it is and a terminal would obey, or would show in another order; the document's own line breaks excepted. */
const obeyed = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Each half of the character as a JSON escape: outside of a string none of them can stand. */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** One command's answer: `schema` names its shape and version. It can be printed on a terminal whatever it quotes. */
export function document(command: string, body: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify({ schema: `${version}/${command}`, ...body }, undefined, 2);
  return `${text.replaceAll(obeyed, escaped)}\n`;
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
