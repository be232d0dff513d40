import type { Dispatcher } from '../act/dispatcher.ts';
import { seen } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import type { ProofLevel } from '../domain/verdict.ts';
import type { Verifier } from '../verify/verifier.ts';
import type { Pass } from './run-log.ts';

/** A write is tried only through a door that answers: an attempt that cannot succeed may itself cause a ban. */
function doorAnswers(observation: Observation): boolean {
  const answer = seen(observation.frontDoor)?.answer;
  return answer !== undefined && 'status' in answer && answer.status < 500;
}

/** What is proven through the front door since the last action of a run: what was proven before it counts no more. */
export class Proofs {
  readonly #verifier: Verifier;
  readonly #dispatcher: Pick<Dispatcher, 'busy' | 'touched'>;
  /** Actions that had ended when the proofs that count were begun. */
  #touched = 0;
  #provenBefore: ProofLevel | undefined;

  constructor(verifier: Verifier, dispatcher: Pick<Dispatcher, 'busy' | 'touched'>) {
    this.#verifier = verifier;
    this.#dispatcher = dispatcher;
  }

  /** One more proof when it is due; what is proven so far. */
  async attempt({ observation, findings }: Pass): Promise<ProofLevel> {
    if (this.areOvertaken) {
      this.#touched = this.#dispatcher.touched;
      this.#provenBefore = undefined;
      this.#verifier.restart();
    }
    const isWhole = this.#dispatcher.busy.size === 0 && findings.every(({ kind }) => kind === 'notice');
    const proof = doorAnswers(observation) ? await this.#verifier.attempt(isWhole) : undefined;
    // What fails after the stability window was not stable: it is proven, and watched, anew.
    if (proof?.last.answer !== 'yes') this.#provenBefore = undefined;
    return proof?.level ?? 'none';
  }

  /** Whether an action has ended since these proofs were begun. */
  get areOvertaken(): boolean {
    return this.#dispatcher.touched > this.#touched;
  }

  /** What was proven since the last action, before the stability window; undefined when nothing was. */
  get provenBefore(): ProofLevel | undefined {
    return this.#provenBefore;
  }

  /** This level is proven, and has to be once more after the stability window. */
  repeatLater(level: ProofLevel): void {
    this.#provenBefore = level;
    this.#verifier.restart();
  }
}
