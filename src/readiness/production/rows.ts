import type { StoredEvent } from '../../domain/journal-event.ts';
import type { Looked } from '../../domain/looked.ts';
import type { DatabaseFacts } from '../../domain/observation.ts';
import { dateTime } from '../../domain/time-stamp.ts';
import { agentRow, type AgentFacts } from './agent-row.ts';
import { severities } from '../finding.ts';
import { spanText } from '../format/words.ts';
import { counted } from '../judging/subjects.ts';
import type { LastProvenRestore } from '../last-proven-restore.ts';
import type { Checked } from '../run-checks.ts';
import { isProven, nearestRank, recoveriesOf, type Recovery } from './recoveries.ts';
import { replicationRow } from './replication-row.ts';
import { restoreRow } from './restore-row.ts';
import { couldNotAnswer, staleMs, type ProductionRow, type Question } from './row.ts';

/** Everything that the rows are made of. */
export interface ProductionInput {
  readonly at: number;
  readonly context: string;
  readonly events: Looked<readonly StoredEvent[]>;
  readonly databases: Looked<readonly DatabaseFacts[]>;
  readonly restore: LastProvenRestore;
  readonly checked: readonly Checked[];
  readonly agent: AgentFacts;
}

function recoveryFact({ run, command, endedAt, seconds, steps, verdict }: Recovery) {
  return {
    object: `run ${run}`,
    field: `rekindle ${command}, ended ${dateTime(endedAt)}`,
    value: `${seconds.toFixed(1)} s, ${counted(steps, 'step')}, ${verdict.state}, proven: ${verdict.proven}`,
  };
}

function drillRow({ events, context, at }: ProductionInput): ProductionRow {
  const head = {
    id: 'last-drill',
    question: 'When was a recovery last rehearsed on purpose?',
    severity: 'medium',
    next: 'Rehearse it in a quiet hour; it asks before it ends anything:',
    command: 'rekindle drill',
  } as const satisfies Question;
  if (!events.looked) return couldNotAnswer(head, events);
  const all = recoveriesOf(events.value, context);
  const drill = all.findLast(({ command }) => command.startsWith('drill'));
  if (drill !== undefined) {
    const isOld = at - drill.endedAt > staleMs;
    const state = !isProven(drill) ? 'no' : isOld ? 'partly' : 'yes';
    return {
      ...head,
      state,
      answer: `${spanText(at - drill.endedAt)} ago; it ${isProven(drill) ? 'was proven' : 'was not proven'} after ${drill.seconds.toFixed(0)} s.`,
      evidence: [recoveryFact(drill)],
    };
  }
  return {
    ...head,
    state: 'no',
    answer: `The journal has no drill on ${context}${all.length === 0 ? '' : '; recoveries that nobody planned are counted apart'}.`,
    evidence: [{ object: 'journal', field: 'runs of `rekindle drill`', value: '0' }],
  };
}

function recoveryRow({ events, context, at }: ProductionInput): ProductionRow {
  const head = {
    id: 'recovery-time',
    question: 'How long do recoveries take?',
    severity: 'medium',
    next: 'Rehearse it in a quiet hour; it asks before it ends anything:',
    command: 'rekindle drill',
  } as const satisfies Question;
  if (!events.looked) return couldNotAnswer(head, events);
  const all = recoveriesOf(events.value, context);
  const last = all.at(-1);
  if (last === undefined)
    return {
      ...head,
      state: 'no',
      answer: `The journal knows no recovery on ${context}: nobody has seen this stack come back.`,
      evidence: [{ object: 'journal', field: 'recoveries', value: '0' }],
    };
  const proven = all.filter((recovery) => isProven(recovery));
  const seconds = proven.map((recovery) => recovery.seconds);
  const [p50, p95] = [nearestRank(seconds, 0.5), nearestRank(seconds, 0.95)];
  const few = proven.length < 20;
  const figures =
    p50 === undefined || p95 === undefined
      ? 'None of them was proven.'
      : `p50 ${p50.toFixed(0)} s, p95 ${p95.toFixed(0)} s${few ? `: with ${proven.length} that is the slowest of them` : ''}.`;
  const failed = all.length - proven.length;
  return {
    ...head,
    state: proven.length === 0 ? 'no' : failed > 0 || few || at - last.endedAt > staleMs ? 'partly' : 'yes',
    answer: `${proven.length} of ${counted(all.length, 'recovery').replace('recoverys', 'recoveries')} proven, the last ${spanText(at - last.endedAt)} ago. ${figures}`,
    evidence: all.slice(-5).map(recoveryFact),
  };
}

interface Behind extends Pick<Question, 'id' | 'question' | 'next' | 'command'> {
  readonly ids: readonly string[];
  readonly none: string;
  readonly some: (count: number) => string;
}

const behind: readonly Behind[] = [
  {
    id: 'probes',
    question: 'Do the probes prove that it works?',
    ids: ['probe-redirected', 'probe-proves-little', 'readiness-probe-missing', 'probes-identical'],
    none: 'Every readiness probe asks for an answer that only comes when it works, as far as a probe’s text shows.',
    some: (count) =>
      `${counted(count, 'finding')}: probes that are missing, that prove little or nothing, or that kill what they should only take out of service.`,
    next: 'See what can be done about it.',
    command: 'rekindle harden',
  },
  {
    id: 'recreation',
    question: 'Would every pod be made again?',
    ids: [
      'quota-blocks-recreation',
      'limit-range-blocks-recreation',
      'reference-missing',
      'image-imported',
      'requests-above-nodes',
      'claim-unbound',
    ],
    none: 'No quota, limit, missing object or image was found that would stop a new pod. That is no rehearsal: admission webhooks were not asked.',
    some: (count) =>
      `${counted(count, 'finding')}: what would keep pods from being made again, here or on a new node.`,
    next: 'See the findings; they name quota, object or image.',
  },
];

function findingsRow({ checked }: ProductionInput, { ids, none, some, ...question }: Behind): ProductionRow {
  const own = checked.filter(({ check }) => ids.includes(check.id));
  const findings = own.flatMap((entry) => entry.findings);
  const unseen = own.filter(({ couldNotLook }) => couldNotLook);
  const evidence = own.map(({ check, findings: found, notJudged, unseen: part }) => ({
    object: `check ${check.id}`,
    field: 'findings',
    value:
      notJudged === undefined
        ? `${found.length}${part === undefined ? '' : `; could not look: ${part}`}`
        : `not judged: ${notJudged}`,
  }));
  const severity = severities.find((level) => findings.some((finding) => finding.severity === level));
  const base = { ...question, severity: severity ?? 'medium', evidence, checks: ids };
  if (findings.length > 0) return { ...base, state: 'no', answer: some(findings.length) };
  if (unseen.length > 0)
    return {
      ...base,
      state: 'unknown',
      answer: `Could not look: ${[...new Set(unseen.map(({ notJudged, unseen: part }) => notJudged ?? part))].join('; ')}.`,
    };
  return { ...base, state: 'yes', answer: none };
}

/** The rows that decide about production. Pure; what could not be looked at is `unknown`. */
export function productionRows(input: ProductionInput): readonly ProductionRow[] {
  return [
    drillRow(input),
    recoveryRow(input),
    restoreRow(input.restore, input.at),
    replicationRow(input.databases),
    ...behind.map((entry) => findingsRow(input, entry)),
    agentRow(input.agent, input.at),
  ];
}
