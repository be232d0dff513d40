import process from 'node:process';

import manifest from '../../package.json' with { type: 'json' };
import { exitCodes } from './exit-code.ts';

/** Version of this Rekindle, from its package. */
export function version(): string {
  return manifest.version;
}

/**
 * Interrupts on the first Ctrl-C or SIGTERM, and ends the process on the second. The listener stays: whoever hides the
 * cursor watches these signals too (signal-exit), and would end the process at once if it were alone with them.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      controller.abort(new Error(`interrupted by ${signal}; run the command again to go on.`));
    });
  }
  return controller.signal;
}
