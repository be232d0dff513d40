import { errorCode } from '../../record/explained-error.ts';
import type { ClusterReader } from '../../ports/cluster.ts';

/** Codes by which Node says that no trusted authority has signed the server's certificate (nodejs.org, TLS, X509 errors). */
const foreign = new Set([
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Longest time for the question, ms: a cluster that is still coming up is not waited for here. */
const deadlineMs = 1000;

/** Whether an error, or what caused it, says that the server's certificate is of another authority than the trusted one. */
export function isForeignAuthority(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause)
    if (foreign.has(errorCode(current) ?? '')) return true;
  return false;
}

/** True only when the API answers with a certificate that this kubeconfig does not trust; anything else is no answer to that. */
export async function answersForeign(reader: Pick<ClusterReader, 'ready'>): Promise<boolean> {
  try {
    await reader.ready(AbortSignal.timeout(deadlineMs));
    return false;
  } catch (error) {
    return isForeignAuthority(error);
  }
}
