import type { ProofLevel, Verdict } from '../domain/verdict.ts';
import { judge, type Judgement } from './judge.ts';

/** How a run came to its end before its last proof. */
export interface EarlyEnd {
  /** Something was done since the proof was begun: it says nothing about what is now. */
  readonly actedSince: boolean;
  /** What was proven since the last action, when only the proof after the stability window is missing. */
  readonly provenBefore: ProofLevel | undefined;
}

const afterAction = 'The run ended before a proof could follow its last action.';
const afterWindow = 'The run ended before the proof was repeated after the stability window.';

/**
 * The verdict of a run that ends before its last proof: interrupted, or because its time is over. It never rests on a
 * proof that an action has overtaken, and what nothing but a proof is missing to is still settling. Pure.
 */
export function earlyVerdict(judgement: Judgement, { actedSince, provenBefore }: EarlyEnd): Verdict {
  const proven = actedSince ? 'none' : (provenBefore ?? judgement.proven);
  // Why a proof failed that an action has overtaken says nothing either.
  const verdict = judge({ ...judgement, proven, ...(actedSince && { failure: undefined }) });
  const lacksOnlyProof = judge({ ...judgement, proven: judgement.wanted }).state === 'healthy';
  if (!lacksOnlyProof || (!actedSince && verdict.state !== 'healthy')) return verdict;
  const sentence = `${actedSince ? afterAction : afterWindow} ${verdict.sentence}`;
  return { ...verdict, state: 'settling', sentence };
}
