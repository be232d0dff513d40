import { causeText } from '../record/explained-error.ts';
import { NotDecrypted } from './encryption.ts';
import type { ProofVerdict, ProvenPart } from './evidence.ts';
import { ProgramFailed } from './program-output.ts';
import { PartDiffers } from './store-part.ts';

/** What a program in the scratch pod says when the place failed and not the backup. */
const ofThePlace =
  /no space left on device|out of memory|server closed the connection|could not resize shared memory/i;

/** Whether an error says something about the backup; any other leaves the question open. */
function isAboutTheBackup(error: unknown): boolean {
  if (error instanceof ProgramFailed) return !ofThePlace.test(error.message);
  return error instanceof NotDecrypted || error instanceof PartDiffers;
}

/** Collects what is found out, part by part. */
export class Findings {
  readonly parts: ProvenPart[] = [];
  readonly reasons: string[] = [];
  restoredInto: number | undefined;

  proven(file: string, ...checked: readonly string[]): void {
    this.parts.push({ file, checked: [...checked], differences: [] });
  }

  /** A database that was proven, and what that took. */
  restored(file: string, checked: string, measured: NonNullable<ProvenPart['measured']>): void {
    this.parts.push({ file, checked: [checked], differences: [], measured });
  }

  bad(file: string, ...differences: readonly string[]): void {
    this.parts.push({ file, checked: [], differences: [...differences] });
  }

  /** Books an error where it belongs. */
  failed(file: string, error: unknown): void {
    if (isAboutTheBackup(error)) this.bad(file, causeText(error));
    else this.reasons.push(`${file}: ${causeText(error)}`);
  }

  get verdict(): ProofVerdict {
    if (this.parts.some(({ differences }) => differences.length > 0)) return 'bad';
    return this.reasons.length > 0 || this.parts.length === 0 ? 'could-not-tell' : 'proven';
  }
}
