import { causeText } from '../record/explained-error.ts';
import { NotDecrypted } from './encryption.ts';
import type { ProofVerdict, ProvenPart } from './evidence.ts';
import { ProgramFailed } from './program-output.ts';
import { PartDiffers } from './store-part.ts';

/** What a program in the scratch pod says when the place failed and not the backup: its disk, its memory, or the server in it. */
const ofThePlace = new RegExp(
  [
    'no space left on device|disk quota exceeded|read-only file system|input/output error',
    'out of memory|cannot allocate memory|could not (?:resize|map) (?:anonymous )?shared memory|could not fork',
    'by signal 9|a worker process died unexpectedly',
    'server closed the connection|terminating connection|too many clients already',
    'connection to server .* failed: (?!fatal)|could not connect to server: (?!fatal)',
    'the database system is (?:starting up|shutting down|in recovery mode|not yet accepting connections)',
    // A library that is loaded at the start, and that the image has not (dfmgr.c).
    'fatal: +could not (?:access file|load library)',
  ].join('|'),
  'i',
);

/**
 * From this code on a shell or the container runtime speaks: a program that is not there or cannot be started, then one that was ended by
 * a signal, as by the kernel when memory is short (POSIX, Shell Command Language, 2.8.2: 126, 127, and above 128).
 */
const firstCodeOfThePlace = 126;

/** Whether an error says something about the backup; any other leaves the question open. */
function isAboutTheBackup(error: unknown): boolean {
  if (error instanceof ProgramFailed)
    return (error.code ?? 0) < firstCodeOfThePlace && !ofThePlace.test(error.message);
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
