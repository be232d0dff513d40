import { randomUUID } from 'node:crypto';

import type { ProbeAnswer, ProofLevel } from '../domain/verdict.ts';
import type { ObserveContext } from '../observe/context.ts';
import { frontDoorServing } from './front-door-serving.ts';
import { frontDoorWrite } from './front-door-write.ts';

/** At least this long between two proofs, ms: one success right after a boot is often followed by failures. */
const betweenProofsMs = 1000;

export interface Proof {
  /** Highest level that is proven, twice. */
  readonly level: ProofLevel;
  readonly last: ProbeAnswer;
}

/** Highest level that this stack is configured for. */
export function wantedLevel(context: Pick<ObserveContext, 'stack'>): ProofLevel {
  const door = context.stack.frontDoor;
  if (door === undefined) return 'none';
  return door.writeProbe === undefined ? 'serving' : 'verified';
}

/** Counts proofs in a row; a failure starts the count anew. One attempt a call, so that the caller keeps observing. */
export class Verifier {
  readonly #context: ObserveContext;
  readonly #onWrite: (id: string, count: number) => void;
  #inARow = 0;
  #lastAt = 0;
  #last: ProbeAnswer | undefined;
  #wasWhole = true;

  constructor(context: ObserveContext, onWrite: (id: string, count: number) => void) {
    this.#context = context;
    this.#onWrite = onWrite;
  }

  /**
   * One more proof when it is due. Resolves with what is proven so far. While something of the stack is still missing
   * (`isWhole` false) two proofs are enough; when nothing is missing any more they are made anew.
   */
  async attempt(isWhole: boolean): Promise<Proof> {
    if (isWhole && !this.#wasWhole) this.#inARow = 0;
    this.#wasWhole = isWhole;
    if (!isWhole && this.#inARow >= 2 && this.#last !== undefined) return this.#proof(this.#last);
    const { clock } = this.#context;
    const due = this.#lastAt + betweenProofsMs - clock.monotonic();
    if (this.#lastAt > 0 && due > 0) await clock.sleep(due);
    const probe = this.#context.stack.frontDoor?.writeProbe;
    const id = randomUUID();
    const last =
      probe === undefined
        ? await frontDoorServing(this.#context)
        : await frontDoorWrite(this.#context, probe, id);
    this.#lastAt = clock.monotonic();
    if (last.answer !== 'yes') {
      this.#inARow = 0;
      return this.#proof(last);
    }
    this.#inARow += 1;
    this.#last = last;
    if (probe !== undefined) this.#onWrite(id, this.#inARow);
    return this.#proof(last);
  }

  #proof(last: ProbeAnswer): Proof {
    return { level: this.#inARow >= 2 ? wantedLevel(this.#context) : 'none', last };
  }

  /** Forgets earlier proofs: something was touched since. */
  restart(): void {
    this.#inARow = 0;
  }
}
