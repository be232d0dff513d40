import type { Proof } from '../../backup/evidence.ts';
import type { BackupManifest } from '../../backup/manifest.ts';
import { countedVerdict, missingFrom } from '../../backup/missing.ts';
import { provenAfter, type BackupState, type Examined } from '../../domain/backup-state.ts';
import { isOf } from '../../backup/choose-backup.ts';
import { readBackupState, writeBackupState } from '../../record/backup-state-file.ts';
import { causeText } from '../../record/explained-error.ts';
import type { Session } from '../session.ts';
import { ownerOf } from './backup-owner.ts';
import { storeOf } from './backup-session.ts';

/** Of what an attempt is. */
export type NoteOf = Pick<BackupState, 'context' | 'stack' | 'place'>;

/** Of this session. Throws BackupPlaceUnusable. */
export function sessionNote({ context, target }: Session, at: string | undefined): NoteOf {
  return { ...ownerOf({ context, target }), place: storeOf(at, target.context).place };
}

function examined(manifest: BackupManifest, { verdict, seconds }: Proof): Examined {
  return {
    id: manifest.id,
    begunAt: Date.parse(manifest.startedAt),
    verdict: countedVerdict(manifest, verdict),
    verifySeconds: seconds,
  };
}

function whyNot(manifest: BackupManifest, { parts, reasons }: Proof): string {
  const differences = parts.flatMap(({ file, differences: found }) =>
    found.map((text) => `${file}: ${text}`),
  );
  const missing = missingFrom(manifest).map((text) => `missing: ${text}`);
  return [...differences, ...reasons, ...missing].join('; ');
}

function outcomeOf(manifest: BackupManifest, { verdict }: Proof): BackupState['outcome'] {
  return verdict === 'proven' && missingFrom(manifest).length > 0 ? 'incomplete' : verdict;
}

/** Writes down that a backup was made and what came of it. */
export function noteMade(of: NoteOf, { manifest, proof }: { manifest: BackupManifest; proof: Proof }): void {
  const earlier = readBackupState(of);
  const { id, startedAt, finishedAt = startedAt, parts } = manifest;
  const at = Date.parse(finishedAt);
  const proven = provenAfter(earlier?.proven, examined(manifest, proof));
  const outcome = outcomeOf(manifest, proof);
  writeBackupState({
    ...of,
    endedAt: Date.now(),
    outcome,
    ...(outcome !== 'proven' && { why: whyNot(manifest, proof) }),
    stored: {
      id,
      at,
      bytes: parts.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
      seconds: (at - Date.parse(startedAt)) / 1000,
    },
    ...(proven && { proven }),
  });
}

/** Writes down that no backup came of an attempt. */
export function noteFailure(of: NoteOf, error: unknown): void {
  const { stored, proven } = readBackupState(of) ?? {};
  const base = { ...of, endedAt: Date.now(), outcome: 'failed' as const, why: causeText(error) };
  writeBackupState({ ...base, ...(stored && { stored }), ...(proven && { proven }) });
}

/** Writes down what a later examination of one backup says of the newest proven one of its stack. */
export function noteExamined(of: NoteOf, manifest: BackupManifest, proof: Proof): void {
  const earlier = readBackupState(of);
  if (earlier === undefined || !isOf(manifest, { stack: of.stack, context: of.context })) return;
  const { proven: _, ...rest } = earlier;
  const proven = provenAfter(earlier.proven, examined(manifest, proof));
  writeBackupState({ ...rest, ...(proven && { proven }) });
}

/** Does an attempt and writes down what came of it; one that a person interrupted is none. Throws what the attempt throws. */
export async function noted<T extends { readonly manifest: BackupManifest; readonly proof: Proof }>(
  of: NoteOf,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    const made = await attempt();
    noteMade(of, made);
    return made;
  } catch (error) {
    if (!signal.aborted) noteFailure(of, error);
    throw error;
  }
}
