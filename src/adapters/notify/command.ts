import { execa } from 'execa';

import type { Notifier } from '../../ports/notifier.ts';

/** Time for the user's program, ms. */
const deadlineMs = 30_000;

/**
 * Runs a program of the user's own, without a shell, with the notice as one JSON document on its standard input. What it
 * prints is not kept.
 */
export function commandNotifier([program, ...args]: readonly [string, ...string[]]): Notifier {
  return {
    way: 'command',
    notify: async (notice) => {
      const input = `${JSON.stringify({ schema: 'rekindle.dev/v1alpha1/notice', ...notice })}\n`;
      const { failed, shortMessage } = await execa(program, args, {
        input,
        stdout: 'ignore',
        stderr: 'ignore',
        timeout: deadlineMs,
        reject: false,
      });
      if (failed) throw new Error(shortMessage ?? `${program} failed`);
    },
  };
}
