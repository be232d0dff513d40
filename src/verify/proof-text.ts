import { seen } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import type { ProofLevel } from '../domain/verdict.ts';

/** How an owner allows the highest proof. */
export const howToDeclareAWrite =
  "To have a write proven, declare one: annotation rekindle.dev/write-probe on the front door's Service, or " +
  'spec.frontDoor.writeProbe in the stack file.';

/** What the logins through the poolers prove in this observation; empty when none was tried. */
function loginText(observation: Observation | undefined): string {
  const poolers = observation === undefined ? [] : (seen(observation.poolers) ?? []);
  const accepted = poolers.filter((pooler) => pooler.login.result === 'ok');
  if (poolers.every((pooler) => pooler.login.result === 'not-asked')) return '';
  const extent = accepted.length === poolers.length ? 'each pooler' : 'some poolers';
  return accepted.length === 0
    ? ", and the app's login works through no pooler"
    : `, and the app's login works through ${extent} (${accepted.length} of ${poolers.length})`;
}

export interface ProofReach {
  readonly proven: ProofLevel;
  /** The level that the stack is configured for. */
  readonly wanted: ProofLevel;
  readonly observation?: Observation;
}

/** How far the proof reaches and, where no write is declared, what was not proven and how to change that. */
export function proofText({ proven, wanted, observation }: ProofReach): string {
  switch (proven) {
    case 'verified':
      return 'Two writes went through the front door and were read back.';
    case 'writable':
      return 'A row was written and read through the pooler; the front door was not proven to write.';
    case 'serving':
      return (
        `Only reading was proven: the front door answers a GET${loginText(observation)}. ` +
        `That a write works was not proven. ${howToDeclareAWrite}`
      );
    case 'none':
      return `Nothing was proven through the front door${wanted === 'none' ? loginText(observation) : ''}.`;
  }
}
