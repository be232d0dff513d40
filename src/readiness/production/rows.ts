import type { StoredEvent } from '../../domain/journal-event.ts';
import type { Looked } from '../../domain/looked.ts';
import type { DatabaseFacts } from '../../domain/observation.ts';
import { dateTime } from '../../domain/time-stamp.ts';
import { bytesText, spanText } from '../format/words.ts';
import { counted } from '../judging/subjects.ts';
import type { LastProvenRestore } from '../last-proven-restore.ts';
import type { Checked } from '../run-checks.ts';
import { isProven, nearestRank, recoveriesOf, type Recovery } from './recoveries.ts';
import { replicationRow } from './replication-row.ts';
import type { ProductionRow } from './row.ts';

/** Everything that the rows are made of. */
export interface ProductionInput {
  readonly at: number;
  readonly context: string;
  readonly events: Looked<readonly StoredEvent[]>;
  readonly databases: Looked<readonly DatabaseFacts[]>;
  readonly restore: LastProvenRestore;
  readonly checked: readonly Checked[];
  /** Whether an agent is there that acts after a boot. */
  readonly agent: Looked<{ readonly lives: boolean; readonly says: string; readonly at: number } | 'none'>;
}

/** A proof that is older than this says little about the stack of today, ms. */
const staleMs = 30 * 24 * 3600 * 1000;

function couldNot(
  row: Pick<ProductionRow, 'id' | 'question' | 'next'>,
  look: { readonly why: string; readonly from: string },
): ProductionRow {
  return {
    ...row,
    state: 'unknown',
    answer: `Could not look: ${look.why}.`,
    evidence: [{ object: look.from, field: 'answer', value: look.why }],
  };
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
    next: 'Cut the power on purpose in a quiet hour and let `rekindle up` or the agent bring it back.',
  };
  if (!events.looked) return couldNot(head, events);
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
    answer: `The journal has no drill on ${context}${all.length === 0 ? '' : '; recoveries that were not planned are in the next row'}.`,
    evidence: [{ object: 'journal', field: 'runs of `rekindle drill`', value: '0' }],
  };
}

function recoveryRow({ events, context, at }: ProductionInput): ProductionRow {
  const head = { id: 'recovery-time', question: 'How long do recoveries take?' };
  if (!events.looked) return couldNot(head, events);
  const all = recoveriesOf(events.value, context);
  const last = all.at(-1);
  const next = 'Rehearse it: cut the power on purpose, then `rekindle up`.';
  if (last === undefined)
    return {
      ...head,
      state: 'no',
      answer: `The journal knows no recovery on ${context}: nobody has seen this stack come back.`,
      evidence: [{ object: 'journal', field: 'recoveries', value: '0' }],
      next,
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
    next,
  };
}

function restoreRow({ restore, at }: ProductionInput): ProductionRow {
  const head = {
    id: 'last-proven-restore',
    question: 'When was a backup last restored and compared?',
    next: '`rekindle backup create`: each backup is restored and compared at once.',
  };
  if (!restore.looked) return couldNot(head, restore);
  if (restore.value === 'none')
    return {
      ...head,
      state: 'no',
      answer: 'No backup of this stack has ever been restored: nobody knows whether there is one that works.',
      evidence: [{ object: restore.from, field: 'proven restores', value: '0' }],
    };
  const { at: provenAt, backup, bytes, verifySeconds } = restore.value;
  const age = at - provenAt;
  return {
    ...head,
    state: age > staleMs ? 'partly' : 'yes',
    answer: `${spanText(age)} ago: ${backup} (${bytesText(bytes)}) was restored and compared in ${verifySeconds.toFixed(0)} s. What was written since is in no proven backup.`,
    evidence: [
      { object: `backup ${backup}`, field: 'proven at', value: new Date(provenAt).toISOString() },
      { object: `backup ${backup}`, field: 'size', value: bytesText(bytes) },
      { object: `backup ${backup}`, field: 'restore and comparison', value: `${verifySeconds.toFixed(1)} s` },
    ],
  };
}

function agentRow({ agent, at }: ProductionInput): ProductionRow {
  const head = {
    id: 'unattended',
    question: 'Does it come back with nobody there?',
    next: '`rekindle service install`',
  };
  if (!agent.looked) return couldNot(head, agent);
  if (agent.value === 'none')
    return {
      ...head,
      state: 'no',
      answer: 'No agent has ever run for this cluster: after a boot somebody has to look.',
      evidence: [{ object: agent.from, field: 'agent', value: 'none' }],
    };
  const { lives, says, at: saidAt } = agent.value;
  return {
    ...head,
    state: lives ? 'yes' : 'no',
    answer: lives
      ? `An agent runs: ${says}.`
      : `The agent does not run now; ${spanText(at - saidAt)} ago it said: ${says}.`,
    evidence: [{ object: agent.from, field: `said ${dateTime(saidAt)}`, value: says }],
  };
}

interface Behind {
  readonly id: string;
  readonly question: string;
  readonly ids: readonly string[];
  readonly none: string;
  readonly some: (count: number) => string;
  readonly next: string;
}

const behind: readonly Behind[] = [
  {
    id: 'probes',
    question: 'Do the probes prove that it works?',
    ids: ['probe-redirected', 'probe-proves-little', 'readiness-probe-missing', 'probes-identical'],
    none: 'Every readiness probe asks for an answer that only comes when it works, as far as a probe’s text shows.',
    some: (count) =>
      `${counted(count, 'finding')}: probes that are missing, that prove little or nothing, or that kill what they should only take out of service.`,
    next: '`rekindle harden`',
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

function findingsRow(
  { checked }: ProductionInput,
  { id, question, ids, none, some, next }: Behind,
): ProductionRow {
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
  const base = { id, question, evidence, checks: ids, next };
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
    restoreRow(input),
    replicationRow(input.databases),
    ...behind.map((entry) => findingsRow(input, entry)),
    agentRow(input),
  ];
}
