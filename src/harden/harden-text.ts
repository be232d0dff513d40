import { refText } from '../domain/object-ref.ts';
import type { Change } from './measure.ts';
import type { MeasureState, PlannedMeasure } from './plan-hardening.ts';

/** A measure with the difference that it makes. */
export interface ShownMeasure extends PlannedMeasure {
  readonly diff: string;
}

const stateWords: Readonly<Record<MeasureState, string>> = {
  proposed: 'proposed',
  applied: 'applied',
  owned: 'not ours to change',
  'by-hand': 'by hand',
  nothing: 'nothing to do',
};

function effectText(change: Change, { owners }: PlannedMeasure): readonly string[] {
  if (change.by === 'hand') return [`to do: ${change.todo}`];
  if (change.by === 'nothing') return [`because: ${change.reason}`];
  if (owners.length > 0) {
    const managers = [...new Set(owners.map(({ manager }) => manager))].join(', ');
    const fields = owners.map(({ field }) => field).join(', ');
    return [
      `owner: ${managers} set ${fields}. Make this change where these manifests are; \`--output DIR\` writes the patch.`,
    ];
  }
  if (change.by === 'engine') return ['restarts: nothing'];
  return [
    `restarts: ${change.restarts === 0 ? 'nothing' : `${change.restarts} pod(s), one workload at a time, as its own strategy says`}`,
  ];
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `   ${line}`))
    .join('\n');
}

/** One measure with its reason, its evidence and its difference. */
export function measureText(shown: ShownMeasure, index: number): string {
  const { measure, state, diff } = shown;
  const evidence = measure.evidence.map(({ object, field, value }) => `  ${object}: ${field} = ${value}`);
  const rest = [
    measure.what,
    `why: ${measure.why}`,
    ...(evidence.length === 0 ? [] : ['evidence:', ...evidence]),
    ...effectText(measure.change, shown),
    `undo: ${measure.undo}`,
    ...measure.cannot.map((limit) => `but: ${limit}`),
    ...(diff === '' ? [] : [diff.trimEnd()]),
  ];
  return `${index + 1}. ${measure.id} (${stateWords[state]})\n${indented(rest.join('\n'))}`;
}

/** A look that led to nothing: one line. */
function nothingText({ measure: { name, object, change } }: PlannedMeasure): string {
  const reason = change.by === 'nothing' ? change.reason : '';
  return `nothing to do: ${name} of ${refText(object)}. ${reason}`;
}

function summary(shown: readonly ShownMeasure[]): string {
  const count = (state: MeasureState) => shown.filter((entry) => entry.state === state).length;
  const open = [
    [count('proposed'), 'can be applied: rekindle harden --apply'],
    [count('owned'), 'only in your own manifests: rekindle harden --output DIR'],
    [count('by-hand'), 'by hand'],
  ] as const;
  const words = open.filter(([number]) => number > 0).map(([number, text]) => `${number} ${text}`);
  const applied = count('applied') > 0 ? ` ${count('applied')} applied already.` : '';
  return words.length === 0 ? `Nothing to propose.${applied}` : `${words.join('; ')}.${applied}`;
}

/** All measures, those that ask for something first, and what could not be looked at. */
export function hardenText(shown: readonly ShownMeasure[], unseen: readonly string[]): string {
  const asked = shown.filter(({ state }) => state !== 'nothing');
  const nothing = shown.filter(({ state }) => state === 'nothing').map(nothingText);
  const unknown = unseen.map((why) => `could not look: ${why}`);
  return [...asked.map(measureText), ...nothing, ...unknown, summary(shown)].join('\n');
}

/** A measure for programs. */
export function measureJson({
  measure,
  state,
  owners,
  diff,
}: ShownMeasure): Readonly<Record<string, unknown>> {
  return { ...measure, object: refText(measure.object), state, owners, diff };
}
