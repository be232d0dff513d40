import type { StoredEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import { plainLine } from '../domain/plain-text.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import { redact } from '../record/redact.ts';
import { eventText, verdictText } from '../report/text.ts';
import { handle } from './handlers.ts';

/** Priorities of syslog(3), as far as they are used here. */
export const priorities = { error: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;
export type Priority = (typeof priorities)[keyof typeof priorities];

/** One entry of systemd's journal: MESSAGE and PRIORITY, and what it is about in fields of its own (systemd.journal-fields(7)). */
export interface JournalEntry {
  readonly message: string;
  readonly priority: Priority;
  /** Without the prefix `REKINDLE_`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What may be written: one line, without secrets, of a length that is read. */
const longest = 2000;

/** Longer than any name in Kubernetes. */
const longestField = 500;

const ofVerdict: Readonly<Record<Verdict['state'], Priority>> = {
  healthy: priorities.notice,
  settling: priorities.warning,
  unknown: priorities.warning,
  broken: priorities.error,
};

const ofFinding = {
  broken: priorities.warning,
  unknown: priorities.notice,
  settling: priorities.info,
  notice: priorities.info,
} as const;

type Draft = Omit<JournalEntry, 'fields'> & { readonly fields?: Readonly<Record<string, string>> };

/** The step that an event is about, by its action; undefined when it was intended by an earlier process. */
type StepOf = (action: string) => PlannedStep | undefined;

function stepFields(step: PlannedStep | undefined, action: string): Readonly<Record<string, string>> {
  if (step === undefined) return { ACTION: action };
  return { ACTION: action, STEP: step.step, OBJECT: refText(step.target), FAULT: step.because };
}

function ofStep(step: PlannedStep | undefined, text: string): string {
  return step === undefined ? text : `${step.step} on ${refText(step.target)}: ${text}`;
}

function draft(event: StoredEvent, stepOf: StepOf): Draft | undefined {
  return handle<Draft>(event, {
    'run-started': ({ command, context, version }) => ({
      message: `begins: ${command} on ${context} (${version})`,
      priority: priorities.info,
    }),
    'finding-opened': ({ finding }) => ({
      message: eventText(event),
      priority: ofFinding[finding.kind],
      fields: {
        FAULT: finding.fault,
        OBJECT: refText(finding.object),
        LAYER: finding.layer,
        KIND: finding.kind,
      },
    }),
    'finding-closed': ({ fault, object }) => ({
      message: `gone: ${fault} of ${object}`,
      priority: priorities.info,
      fields: { FAULT: fault, OBJECT: object },
    }),
    'step-refused': ({ refusal: { guard, step, target, kind } }) => ({
      message: eventText(event),
      priority: kind === 'human' ? priorities.warning : priorities.notice,
      fields: { STEP: step, OBJECT: refText(target), GUARD: guard },
    }),
    'step-intended': ({ action, step }) => ({
      message: eventText(event),
      priority: priorities.notice,
      fields: stepFields(step, action),
    }),
    'step-acted': ({ action, acted }) => ({
      message: ofStep(stepOf(action), eventText(event)),
      priority: acted === 'done' ? priorities.info : priorities.error,
      fields: { ...stepFields(stepOf(action), action), ACTED: acted },
    }),
    'step-verified': ({ action, verified }) => ({
      message: ofStep(stepOf(action), eventText(event)),
      priority: verified === 'yes' ? priorities.info : priorities.warning,
      fields: { ...stepFields(stepOf(action), action), VERIFIED: verified },
    }),
    'write-verified': () => ({ message: eventText(event), priority: priorities.debug }),
    'run-ended': ({ verdict, seconds }) => ({
      message: `${verdictText(verdict)} (${seconds.toFixed(1)} s)`,
      priority: ofVerdict[verdict.state],
      fields: { VERDICT: verdict.state, PROVEN: verdict.proven, SECONDS: seconds.toFixed(1) },
    }),
  });
}

/** What is safe to be written: secrets go before anything is cut off, because half of one would not be known again. */
export function journalEntry({ message, priority, fields = {} }: Draft): JournalEntry {
  const safe = Object.entries(fields).map(([name, value]) => [name, plainLine(redact(value), longestField)]);
  return {
    message: plainLine(redact(message), longest),
    priority,
    fields: Object.fromEntries(safe) as Readonly<Record<string, string>>,
  };
}

/** The entry for an event of a run; undefined for those that people need not see. */
export function eventEntry(event: StoredEvent, stepOf: StepOf): JournalEntry | undefined {
  const drafted = draft(event, stepOf);
  if (drafted === undefined || drafted.message === '') return undefined;
  return journalEntry({ ...drafted, fields: { EVENT: event.type, RUN: event.run, ...drafted.fields } });
}
