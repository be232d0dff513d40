import type { Finding } from '../domain/finding.ts';
import type { Observation } from '../domain/observation.ts';
import type { ManualTask, Plan } from '../domain/plan.ts';
import type { ProofLevel, Verdict } from '../domain/verdict.ts';
import { proofText } from './proof-text.ts';

export interface Judgement {
  /** What was proven, twice, after everything else that this judgement rests on. */
  readonly proven: ProofLevel;
  readonly wanted: ProofLevel;
  readonly findings: readonly Finding[];
  readonly plan?: Plan;
  /** Why the last attempt at a proof failed. */
  readonly failure?: string | undefined;
  /** For how far a proof without a write reaches. */
  readonly observation?: Observation;
  readonly at: number;
}

function state({ proven, wanted, findings }: Judgement): Verdict['state'] {
  const kinds = new Set(findings.map((finding) => finding.kind));
  if (kinds.has('broken')) return 'broken';
  if (kinds.has('settling')) return 'settling';
  if (kinds.has('unknown') || wanted === 'none') return 'unknown';
  return proven === wanted ? 'healthy' : 'broken';
}

/** A sentence holds a command, and not a whole manifest. */
function wayOf({ byHand }: ManualTask): string {
  return byHand.includes('\n') ? 'What you can do: see `rekindle plan`.' : `What you can do: ${byHand}`;
}

function cause({ findings, wanted, plan, failure }: Judgement): string {
  const first = findings.find((finding) => finding.kind !== 'notice');
  const refusal = plan?.refusals.find((entry) => entry.kind === 'human');
  const task = plan?.tasks[0];
  if (task !== undefined) return `${task.reason} ${wayOf(task)}`;
  if (refusal !== undefined) return `${refusal.reason} ${refusal.advice}`;
  if (first !== undefined) return first.claim;
  if (wanted === 'none')
    return 'No front door is known: name it in the stack file (spec.frontDoor, with url and address).';
  return failure === undefined
    ? ''
    : `Nothing of the stack is known to be broken, and the front door fails: ${failure}.`;
}

/** The answer to "is it usable?", with how far the proof reaches. Pure. */
export function judge(judgement: Judgement): Verdict {
  const current = state(judgement);
  const { proven, wanted, at } = judgement;
  const sentence =
    current === 'healthy' ? proofText(judgement) : `${cause(judgement)} ${proofText(judgement)}`.trim();
  return { state: current, proven, wanted, sentence, at };
}
