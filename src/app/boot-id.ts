import { readFileSync } from 'node:fs';

import { errorCode } from '../record/explained-error.ts';

/** What Linux calls this boot, another word each time (proc(5), /proc/sys/kernel/random/boot_id); undefined elsewhere. */
export function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
