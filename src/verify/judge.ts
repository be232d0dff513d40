import type { Finding } from '../domain/finding.ts';
import type { Plan } from '../domain/plan.ts';
import type { ProofLevel, Verdict } from '../domain/verdict.ts';

export interface Judgement {
  /** What was proven, twice, after everything else that this judgement rests on. */
  readonly proven: ProofLevel;
  readonly wanted: ProofLevel;
  readonly findings: readonly Finding[];
  readonly plan?: Plan;
  readonly at: number;
}

const proofText: Readonly<Record<ProofLevel, string>> = {
  none: 'Nothing was proven through the front door.',
  serving: 'The front door answers a GET; that a write works was not proven.',
  writable: 'A row was written and read through the pooler; the front door was not proven to write.',
  verified: 'Two writes went through the front door and were read back.',
};

function state({ proven, wanted, findings }: Judgement): Verdict['state'] {
  const kinds = new Set(findings.map((finding) => finding.kind));
  if (kinds.has('broken')) return 'broken';
  if (kinds.has('settling')) return 'settling';
  if (kinds.has('unknown') || wanted === 'none') return 'unknown';
  return proven === wanted ? 'healthy' : 'broken';
}

function cause({ findings, wanted, plan }: Judgement): string {
  const first = findings.find((finding) => finding.kind !== 'notice');
  const refusal = plan?.refusals.find((entry) => entry.kind === 'human');
  if (refusal !== undefined) return `${refusal.reason} ${refusal.advice}`;
  if (first !== undefined) return first.claim;
  return wanted === 'none' ? 'No front door is known: name it in the stack file.' : '';
}

/** The answer to "is it usable?", with how far the proof reaches. Pure. */
export function judge(judgement: Judgement): Verdict {
  const current = state(judgement);
  const { proven, wanted, at } = judgement;
  const sentence =
    current === 'healthy' ? proofText[proven] : `${cause(judgement)} ${proofText[proven]}`.trim();
  return { state: current, proven, wanted, sentence, at };
}
