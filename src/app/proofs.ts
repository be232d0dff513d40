import type { Dispatcher } from '../act/dispatcher.ts';
import type { Observation } from '../domain/observation.ts';
import type { ProofLevel } from '../domain/verdict.ts';
import type { Verifier } from '../verify/verifier.ts';
import type { Pass } from './run-log.ts';

/**
 * Why the front door is not tried; undefined: it answers. A write is tried only through a door that does: an attempt that cannot
 * succeed may itself cause a ban.
 */
function doorTrouble({ frontDoor }: Observation): string | undefined {
  if (!frontDoor.looked) return frontDoor.why;
  const { url, answer } = frontDoor.value;
  if ('error' in answer) return answer.error;
  return answer.status < 500 ? undefined : `GET ${url}: ${answer.status}`;
}

/** What is proven through the front door since the last action of a run: what was proven before it counts no more. */
export class Proofs {
  readonly #verifier: Verifier;
  readonly #dispatcher: Pick<Dispatcher, 'busy' | 'touched'>;
  /** Actions that had ended when the proofs that count were begun. */
  #touched = 0;
  #provenBefore: ProofLevel | undefined;
  #failure: string | undefined;

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
    const trouble = doorTrouble(observation);
    const proof = trouble === undefined ? await this.#verifier.attempt(isWhole) : undefined;
    this.#failure = proof?.last.answer === 'yes' ? undefined : (trouble ?? proof?.last.evidence);
    // What fails after the stability window was not stable: it is proven, and watched, anew.
    if (proof?.last.answer !== 'yes') this.#provenBefore = undefined;
    return proof?.level ?? 'none';
  }

  /** Why the last attempt proved nothing, or why there was none; undefined: it did. */
  get failure(): string | undefined {
    return this.#failure;
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
