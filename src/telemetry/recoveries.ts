import type { Finding } from '../domain/finding.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import type { Verdict } from '../domain/verdict.ts';
import { handle } from './handlers.ts';

/** A run that had something to recover from, and how it ended. */
export interface Recovery {
  readonly outcome: Verdict['state'];
  /**
   * From the beginning of the run until the stack was usable: the stability window that follows is not part of it (design:
   * a recovery ends with the second write). Of a run that did not get there, and where no write is declared: until its end.
   */
  readonly seconds: number;
}

interface Run {
  readonly id: string;
  /** ms of the caller's clock. */
  readonly began: number;
  /** Findings that stand in the way of a proof. */
  readonly open: Set<string>;
  wasTroubled: boolean;
  /** When the first proof that still counts was complete; undefined: none counts. */
  provenAt: number | undefined;
}

/** So many writes in a row are a proof (src/verify/verifier.ts). */
const writesOfAProof = 2;

/** Whether the event tells that the stack was proven to be usable, through its front door. */
export function isProof(event: StoredEvent): boolean {
  if (event.type === 'write-verified') return event.count >= writesOfAProof;
  return event.type === 'run-ended' && event.verdict.state === 'healthy' && event.verdict.proven !== 'none';
}

const isTrouble = ({ kind }: Finding): boolean => kind !== 'notice';

/** Recoveries as a fold over events. A run that finds nothing wrong and does nothing is none. */
export class Recoveries {
  #run: Run | undefined;

  /** Takes the next event and when it came, ms of one clock; the recovery when it ends one. */
  stored(event: StoredEvent, at: number): Recovery | undefined {
    if (event.type === 'run-started') {
      this.#run = { id: event.run, began: at, open: new Set(), wasTroubled: false, provenAt: undefined };
      return undefined;
    }
    const run = this.#run;
    if (run?.id !== event.run) return undefined;
    if (event.type !== 'run-ended') {
      note(run, event, at);
      return undefined;
    }
    this.#run = undefined;
    if (!run.wasTroubled) return undefined;
    const { state } = event.verdict;
    const isProven = state === 'healthy' && run.provenAt !== undefined;
    return { outcome: state, seconds: isProven ? ((run.provenAt ?? at) - run.began) / 1000 : event.seconds };
  }
}

function troubled(run: Run): void {
  run.wasTroubled = true;
  // What was proven before something was done, or before something else was found, counts no more.
  run.provenAt = undefined;
}

function note(run: Run, event: StoredEvent, at: number): void {
  const acted = () => troubled(run);
  handle(event, {
    'finding-opened': ({ finding }) => {
      if (!isTrouble(finding)) return;
      run.open.add(`${finding.fault} ${refText(finding.object)}`);
      troubled(run);
    },
    'finding-closed': ({ fault, object }) => void run.open.delete(`${fault} ${object}`),
    'step-intended': acted,
    'step-acted': acted,
    'step-verified': acted,
    'write-verified': (written) => {
      if (isProof(written) && run.open.size === 0) run.provenAt ??= at;
    },
  });
}
