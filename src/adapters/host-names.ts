import { lookup } from 'node:dns/promises';

import { orAborted, withDeadline } from './deadline.ts';

/** A resolver without a network may try for many seconds; an advice is not worth them, ms. */
const deadlineMs = 2000;

const noAddress = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/**
 * The addresses that this machine's resolver gives a name, as a browser would ask for them; undefined when it has none.
 * Without a network the resolver only knows the hosts file, and says so by EAI_AGAIN (getaddrinfo(3)). Throws when it gave
 * no answer in time.
 */
export async function addressesOf(name: string): Promise<readonly string[] | undefined> {
  return withDeadline(deadlineMs, async (signal) => {
    try {
      return (await orAborted(lookup(name, { all: true }), signal)).map(({ address }) => address);
    } catch (error) {
      if (noAddress.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  });
}
