import { execa } from 'execa';

import type { Notifier } from '../../ports/notifier.ts';
import { oneLine } from '../../observe/look.ts';

/** Time for one notice, ms. */
const deadlineMs = 5000;

/**
 * Through `notify-send` (libnotify), the desktop's own program. It needs the session bus of a user who is logged in
 * (`DBUS_SESSION_BUS_ADDRESS`); a system service has none, and then this throws.
 */
export function desktopNotifier(program = 'notify-send'): Notifier {
  return {
    way: 'desktop',
    notify: async ({ kind, title, text }) => {
      const urgency = kind === 'needs-human' ? 'critical' : 'normal';
      // What follows -- is text, whatever it begins with.
      const args = ['--app-name=Rekindle', `--urgency=${urgency}`, '--', title, text];
      try {
        await execa(program, args, { timeout: deadlineMs, stdin: 'ignore' });
      } catch (error) {
        throw new Error(`notify-send: ${oneLine(error)}`, { cause: error });
      }
    },
  };
}
