import process from 'node:process';

import pc from 'picocolors';

import { eventText } from '../report/text.ts';
import type { Listener, Pass } from '../app/run-log.ts';

/** How often the thing that is waited for is repeated, ms. */
const repeatMs = 5000;

/** What is waited for, most basic layer first; empty when nothing is. */
function waiting({ findings, plan }: Pass): string {
  const first = findings.find((finding) => finding.kind === 'settling' || finding.kind === 'unknown');
  return plan.waits[0] ?? first?.claim ?? '';
}

/** Progress on stderr, one plain line for each thing that happens, with the seconds since the start. */
export function progressPrinter(verbose: boolean): Listener {
  const start = performance.now();
  let lastWait = '';
  let lastWaitAt = 0;
  const line = (text: string) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`${pc.dim(seconds)}  ${text}\n`);
  };
  return {
    said: line,
    stored: (event) => {
      const text = eventText(event);
      if (text !== '' && (verbose || event.type !== 'finding-opened' || event.finding.kind === 'broken'))
        line(text);
    },
    passed: (pass) => {
      const text = waiting(pass);
      const now = performance.now();
      if (text === '' || (text === lastWait && now - lastWaitAt < repeatMs)) return;
      lastWait = text;
      lastWaitAt = now;
      line(pc.dim(`waiting: ${text}`));
    },
  };
}
