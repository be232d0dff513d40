import { causeText, ExplainedError } from '../record/explained-error.ts';
import { ProgramFailed } from './program-output.ts';

/** A backup could not be proven here: nothing is known about the backup itself. */
export class NoScratchPlace extends ExplainedError {
  override readonly name = 'NoScratchPlace';
}

/** Does what needs nothing of the backup. Throws NoScratchPlace, with the program's words, in the place of ProgramFailed. */
export async function beforeTheBackup<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    const { reason, place } = error;
    const next = 'Read the cause; `kubectl logs` of that pod may say more. Then: rekindle backup verify';
    throw new NoScratchPlace({ what, cause: reason, place, next });
  }
}

/** Cleans up: what fails of it is told and changes nothing of what was found out. */
export async function tidied(
  say: (line: string) => void,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(`${what}: ${causeText(error)}`);
  }
}
