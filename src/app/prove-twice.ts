import type { ObserveContext } from '../observe/context.ts';
import { Verifier, type Proof } from '../verify/verifier.ts';
import type { RunLog } from './run-log.ts';

export interface ProvenTwice extends Proof {
  /** Ids of the writes that were acknowledged and read back; none where none is declared. */
  readonly writes: readonly string[];
}

/** Proves now what the stack is configured for: two writes through the front door, or visits; each write is in the journal. */
export async function proveTwice(
  context: ObserveContext,
  log: Pick<RunLog, 'id' | 'record'>,
): Promise<ProvenTwice> {
  const writes: string[] = [];
  const verifier = new Verifier(context, (id, count) => {
    writes.push(id);
    log.record({ type: 'write-verified', run: log.id, id, count });
  });
  await verifier.attempt(true);
  return { ...(await verifier.attempt(true)), writes };
}
