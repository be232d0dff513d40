import type { WriteProbe } from '../domain/stack.ts';
import { registerSecret } from '../record/redact.ts';

/** Headers by which a client proves who it is (RFC 9110, Authorization; RFC 6265, Cookie), and what people call their own. */
const credentials = /authorization|cookie|token|secret|password|api-?key/i;

/**
 * Takes what a declared write proves itself with out of every text from now on, the journal's account of a discovery among them: a
 * scheme (`Bearer`) stays, and what comes after it goes by itself as well.
 */
export function registerProbeSecrets(probe: Pick<WriteProbe, 'headers'> | undefined): void {
  for (const [name, value] of Object.entries(probe?.headers ?? {})) {
    if (!credentials.test(name)) continue;
    registerSecret(value);
    registerSecret(value.slice(value.indexOf(' ') + 1));
  }
}
