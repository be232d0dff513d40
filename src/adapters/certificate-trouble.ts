import { X509Certificate } from 'node:crypto';

import {
  type CertificateTimes,
  validityAdvice,
  validityText,
  type ValidityTrouble,
} from '../domain/certificate-times.ts';
import { errorCode } from '../record/explained-error.ts';

/** What is wrong with the time of a certificate, and what can be done about it. */
export interface CertificateTrouble {
  readonly cause: string;
  readonly next: string;
}

const oneCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** One certificate's times; none when it cannot be read: then the sentence does without. */
function timesOf(pem: string): CertificateTimes[] {
  try {
    const { validFromDate, validToDate } = new X509Certificate(pem);
    return [{ from: validFromDate.getTime(), until: validToDate.getTime() }];
  } catch {
    return [];
  }
}

/**
 * Why a connection failed whose certificate is not valid now; undefined when it failed for another reason. `known` gives
 * PEM texts of the certificates that are trusted for this server: its own among them, or the one that signed it; it is
 * asked only then.
 */
export function certificateTrouble(
  error: unknown,
  known: () => readonly string[],
  now: number,
): CertificateTrouble | undefined {
  const code = errorCode(error);
  if (code !== 'CERT_NOT_YET_VALID' && code !== 'CERT_HAS_EXPIRED') return undefined;
  const trouble: ValidityTrouble = code;
  const times = known()
    .flatMap((text) => text.match(oneCertificate) ?? [])
    .flatMap(timesOf);
  return { cause: validityText(trouble, times, now), next: validityAdvice[trouble] };
}
