import type { Finding } from '../domain/finding.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import { dateTime } from '../domain/time-stamp.ts';
import type { ManualTask, Plan, PlannedStep, Refusal } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';

const stateWords: Readonly<Record<Verdict['state'], string>> = {
  healthy: 'Usable.',
  broken: 'Not healthy.',
  settling: 'Not healthy yet; it is still coming up.',
  unknown: 'Could not tell.',
};

/** The verdict as a sentence that starts with the answer. */
export function verdictText(verdict: Verdict): string {
  // Only a proof through the front door makes it usable; without one its own sentence says what is known.
  if (verdict.state === 'healthy' && verdict.proven === 'none') return verdict.sentence;
  return `${stateWords[verdict.state]} ${verdict.sentence}`;
}

/** What to type after a look that found no healthy stack; nothing after one that did. */
export function nextTexts(
  { state }: Pick<Verdict, 'state'>,
  looked: 'status' | 'diagnose',
): readonly string[] {
  if (state === 'healthy') return [];
  if (looked === 'status') return ['next: rekindle diagnose   # why, and the evidence'];
  return ['next: rekindle up --dry-run   # what `rekindle up` would do about it; changes nothing'];
}

/** A finding with its evidence, two spaces deep. */
export function findingText(finding: Finding): string {
  const head = `${finding.kind.padEnd(8)} ${finding.layer}: ${finding.claim}`;
  const evidence = finding.evidence.map((entry) => `    ${entry.object}: ${entry.field} = ${entry.value}`);
  const against = finding.against === undefined ? [] : [`    ${finding.against}`];
  return [head, ...evidence, ...against].join('\n');
}

/** What is true, no reason to be unhealthy, and a person's to mend when they like. */
export function noticeTexts(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ kind, claim, byHand }) =>
    kind === 'notice' && byHand !== undefined ? [`notice: ${claim}\n  ${byHand}`] : [],
  );
}

function stepText(step: PlannedStep, index: number): string {
  return [
    `${index + 1}. ${step.step} on ${refText(step.target)} (${step.risk})`,
    `   why: ${step.reason}`,
    `   proven by: ${step.provenBy}`,
    `   undo: ${step.undo}`,
  ].join('\n');
}

/** A refusal: what was not done, why, and what the reader can do. */
export function refusalText(refusal: Refusal): string {
  return `not done: ${refusal.step} on ${refText(refusal.target)}. ${refusal.reason} ${refusal.advice}`;
}

/** Something that only a person may mend. */
export function taskText({ target, reason, byHand }: ManualTask): string {
  return `needs you: ${refText(target)}. ${reason}\n  ${byHand.replaceAll('\n', '\n  ')}`;
}

/** The plan exactly as `up` would run it. */
export function planText(plan: Plan): string {
  const steps = plan.steps.length === 0 ? ['Nothing to do.'] : plan.steps.map(stepText);
  const waits = plan.waits.map((claim) => `waiting: ${claim}`);
  const others = [...plan.tasks.map(taskText), ...plan.refusals.map(refusalText)];
  return [...steps, ...others, ...waits].join('\n');
}

type Texts = {
  readonly [Type in StoredEvent['type']]: (event: Extract<StoredEvent, { readonly type: Type }>) => string;
};

const nothing = () => '';

const texts: Texts = {
  'finding-opened': ({ finding }) => `${finding.kind}: ${finding.claim}`,
  'step-refused': ({ refusal }) => refusalText(refusal),
  'step-intended': ({ step }) => `doing: ${step.step} on ${refText(step.target)}. ${step.reason}`,
  'step-acted': ({ acted, detail }) => `${acted}: ${detail}`,
  'step-verified': ({ verified, detail }) =>
    `${verified === 'yes' ? 'proven' : `not proven (${verified})`}: ${detail}`,
  'write-verified': ({ count }) => `write ${count} through the front door was read back`,
  'harden-intended': ({ change, target, measures }) =>
    `hardening (${change}): ${refText(target)}. ${measures.join(', ')}`,
  'harden-acted': ({ acted, detail }) => `${acted}: ${detail}`,
  'harden-verified': ({ verified, detail }) =>
    `${verified === 'yes' ? 'proven' : `not proven (${verified})`}: ${detail}`,
  'run-ended': ({ verdict, seconds }) => `${verdictText(verdict)} (${seconds.toFixed(1)} s)`,
  'agent-started': ({ context }) => `the agent watches ${context}`,
  'agent-stopped': ({ reason }) => `the agent ended: ${reason}`,
  'incident-opened': ({ trouble, sinceBoot }) => `${sinceBoot ? 'after a boot' : 'trouble'}: ${trouble}`,
  'incident-closed': ({ seconds }) => `the incident is over; it lasted ${seconds.toFixed(0)} s`,
  'person-called': ({ reason, trouble }) => `a person is needed: ${reason} (${trouble})`,
  'backup-examined': ({ backup, verdict, place }) =>
    `backup ${backup} in ${place}: ${verdict === 'could-not-tell' ? 'could not tell' : verdict}`,
  'rebuild-began': ({ backup, cluster }) => `making cluster ${cluster} from backup ${backup}`,
  'rebuild-step': ({ step, phase, detail, seconds }) =>
    phase === 'intended' ? `${step}: ${detail}` : `${step}: ${phase}, ${detail} (${seconds.toFixed(1)} s)`,
  'rebuild-ended': ({ proven, seconds }) =>
    `the restore is over${proven ? '' : ', and the stack is not proven'} (${seconds.toFixed(0)} s)`,
  'drill-began': ({ cluster, containers }) =>
    `rehearsal: ending all ${containers.length} containers of ${cluster} at once`,
  paused: ({ until, reason }) => `paused until ${dateTime(until)}: ${reason}`,
  resumed: () => 'no longer paused',
  'nodes-stopped': ({ nodes }) => {
    const names = Object.keys(nodes);
    return names.length === 0
      ? 'no node is stopped by hand any more'
      : `stopped by hand: ${names.join(', ')}`;
  },
  'run-started': nothing,
  'stack-discovered': nothing,
  'finding-closed': nothing,
  'starts-measured': nothing,
};

/** One line for an event of a run; empty for those that people need not see. */
export function eventText(event: StoredEvent): string {
  // Each text takes the event of its own key, which the compiler cannot follow through the look-up.
  return texts[event.type](event as never);
}
