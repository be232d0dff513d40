import type pc from 'picocolors';

import type { Pass } from '../app/run-log.ts';
import { passText } from '../report/pass-text.ts';
import { eventText } from '../report/text.ts';
import { tell } from './answer.ts';
import type { ProgressPrinter } from './progress-printer.ts';

/** How often the thing that is waited for is repeated, ms. */
const repeatMs = 5000;

/** What is waited for, most basic layer first; empty when nothing is. */
function waiting({ findings, plan }: Pass): string {
  const first = findings.find((finding) => finding.kind === 'settling' || finding.kind === 'unknown');
  return plan.waits[0] ?? first?.claim ?? '';
}

/** One plain line for each thing that happens, with the seconds since the start; `verbose` adds every pass. */
export function plainPrinter(verbose: boolean, colors: Pick<typeof pc, 'dim'>): ProgressPrinter {
  const start = performance.now();
  let lastWait = '';
  let lastWaitAt = 0;
  let passes = 0;
  const write = (text: string, look: (text: string) => string) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    tell(text, (plain) => `${colors.dim(seconds)}  ${look(plain)}`);
  };
  const line = (text: string) => write(text, String);
  const detail = (text: string) => write(text, colors.dim);
  const wait = (pass: Pass) => {
    const text = waiting(pass);
    const now = performance.now();
    if (text === '' || (text === lastWait && now - lastWaitAt < repeatMs)) return;
    lastWait = text;
    lastWaitAt = now;
    detail(`waiting: ${text}`);
  };
  return {
    said: line,
    stored: (event) => {
      const text = eventText(event);
      // The verdict ends standard output; it is not said twice.
      if (text === '' || event.type === 'run-ended') return;
      if (verbose || event.type !== 'finding-opened' || event.finding.kind === 'broken') line(text);
    },
    passed: (pass) => {
      passes += 1;
      if (verbose) for (const text of passText(pass, passes)) detail(text);
      else wait(pass);
    },
    end: () => undefined,
  };
}
