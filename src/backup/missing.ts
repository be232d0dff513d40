import type { ProofVerdict } from './evidence.ts';
import type { BackupManifest, LeftOut } from './manifest.ts';

/** How the API says that the rights of its user do not reach something (kubernetes, apiserver, responsewriters/errors.go). */
const beyondRights = /forbidden: User ".*" cannot /;

/**
 * What could not be read. It is missing, but where the API refuses it for want of rights: whoever gives none to read it (Secrets, for
 * example) does not ask for it.
 */
export function notHad(what: string, why: string): LeftOut {
  return beyondRights.test(why) ? { what, why } : { what, why, isMissing: true };
}

/** What was to be in a backup and is not, a sentence each; none: it has all that it was asked for. */
export function missingFrom(manifest: Pick<BackupManifest, 'leftOut'> | undefined): readonly string[] {
  const missing = manifest?.leftOut.filter(({ isMissing }) => isMissing === true) ?? [];
  return missing.map(({ what, why }) => `${what} (${why})`);
}

/** What an examination counts for: a backup in which something is missing takes no whole one's place as one that was proven. */
export function countedVerdict<Verdict extends ProofVerdict | undefined>(
  manifest: Pick<BackupManifest, 'leftOut'> | undefined,
  verdict: Verdict,
): Verdict | 'could-not-tell' {
  return verdict === 'proven' && missingFrom(manifest).length > 0 ? 'could-not-tell' : verdict;
}
