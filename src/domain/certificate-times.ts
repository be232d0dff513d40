/** When a certificate is valid, ms since the epoch. */
export interface CertificateTimes {
  readonly from: number;
  readonly until: number;
}

/** Why a certificate is not valid now: the words of OpenSSL's codes as Node gives them (nodejs.org, tls, X509 certificate error codes). */
export type ValidityTrouble = 'CERT_NOT_YET_VALID' | 'CERT_HAS_EXPIRED';

/** Whole seconds: a certificate has no more. */
function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * What is wrong in one sentence with both times, so that the reader sees whether the clock or the certificate is. `known`
 * are the certificates that the server may have shown; the one that explains the trouble is named. Pure.
 */
export function validityText(
  trouble: ValidityTrouble,
  known: readonly CertificateTimes[],
  now: number,
): string {
  const clock = `this machine's clock says ${time(now)}`;
  if (trouble === 'CERT_NOT_YET_VALID') {
    const from = known.map((entry) => entry.from).filter((at) => at > now);
    const valid = from.length === 0 ? 'not valid yet' : `valid from ${time(Math.max(...from))} on`;
    return `its certificate is ${valid}, and ${clock}: the clock is probably wrong`;
  }
  const until = known.map((entry) => entry.until).filter((at) => at < now);
  const valid = until.length === 0 ? 'no longer valid' : `valid until ${time(Math.min(...until))}`;
  return `its certificate is ${valid}, and ${clock}: renew it, unless the clock is wrong`;
}

/** What the reader does about it. */
export const validityAdvice: Readonly<Record<ValidityTrouble, string>> = {
  CERT_NOT_YET_VALID:
    'Set the clock (`sudo timedatectl set-ntp true`; `timedatectl` shows it), then run this again.',
  CERT_HAS_EXPIRED: 'Look at the clock with `timedatectl`; if it is right, renew the certificate.',
};

const sentence =
  /its certificate is .+?, and this machine's clock says \S+: (?:(the clock is probably wrong)|renew it, unless the clock is wrong)/;

/** Which of the sentences above a text holds; undefined when it holds none. */
export function validityIn(
  text: string,
): { readonly trouble: ValidityTrouble; readonly words: string } | undefined {
  const found = sentence.exec(text);
  if (found === null) return undefined;
  return { trouble: found[1] === undefined ? 'CERT_HAS_EXPIRED' : 'CERT_NOT_YET_VALID', words: found[0] };
}
