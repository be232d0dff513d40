import { randomUUID } from 'node:crypto';

import type { JournalEvent } from '../../domain/journal-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { ProbeAnswer } from '../../domain/verdict.ts';
import { oneLine } from '../../observe/look.ts';
import type { HardenSession } from './session.ts';

type Intention = Omit<Extract<JournalEvent, { type: 'harden-intended' }>, 'type' | 'run' | 'action'>;

/** A change that was made, and a way to write down how it was proven. */
export interface Journalled<T> {
  readonly value: T;
  readonly verified: (proof: Pick<ProbeAnswer, 'answer' | 'evidence'>) => void;
}

/**
 * Writes the intention to disk, makes the change, writes what came of it. Throws what the change throws, after it was written
 * down; and when the journal cannot be written: without a journal nothing is done.
 */
export async function journalled<T>(
  { context, log }: HardenSession,
  intention: Intention,
  change: () => Promise<{ readonly value: T; readonly did: string }>,
): Promise<Journalled<T>> {
  const action = randomUUID();
  const { id: run } = log;
  log.record({ type: 'harden-intended', run, action, ...intention });
  try {
    const { value, did } = await change();
    log.record({ type: 'harden-acted', run, action, acted: 'done', detail: plainLine(did) });
    context.kept.clear();
    context.late.clear();
    return {
      value,
      verified: ({ answer, evidence }) => {
        log.record({ type: 'harden-verified', run, action, verified: answer, detail: plainLine(evidence) });
      },
    };
  } catch (error) {
    const isUnheard =
      error instanceof Error && ['ClusterUnreachable', 'EngineUnreachable'].includes(error.name);
    const acted = isUnheard ? 'unknown' : 'failed';
    log.record({ type: 'harden-acted', run, action, acted, detail: oneLine(error) });
    throw error;
  }
}
