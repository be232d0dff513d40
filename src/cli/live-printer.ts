import type { WriteStream } from 'node:tty';

import { createLogUpdate } from 'log-update';

import { treeFrame, type FrameLook } from '../report/tree-frame.ts';
import { redact } from '../record/redact.ts';
import type { ProgressPrinter } from './progress-printer.ts';
import { ProgressTree } from './progress-tree.ts';

/** How often the picture is drawn, ms: the spinner turns, and the machine is busy recovering. */
const drawEveryMs = 200;

/** Of a terminal that does not know its width, columns. */
const usualColumns = 80;

/**
 * The task tree of one run, drawn in place. Not a Listr: its tasks end once and for all, while here a layer that
 * worked may fail again in a later pass; so only the drawing comes from a library (the one that listr2 draws with).
 */
export function livePrinter(terminal: WriteStream, colors: FrameLook['colors']): ProgressPrinter {
  const start = performance.now();
  const draw = createLogUpdate(terminal);
  const tree = new ProgressTree();
  const sinceStart = () => performance.now() - start;
  let tick = 0;
  const redraw = (turn: number | undefined) => {
    // One column is left free: some terminals wrap when the last one is written. A window may be drawn together to nothing.
    const width = Math.max(1, (terminal.columns || usualColumns) - 1);
    const look = { width, tick: turn, colors };
    draw(treeFrame(tree.branches(sinceStart(), redact), redact(tree.note), look).join('\n'));
  };
  const timer = setInterval(() => redraw((tick += 1)), drawEveryMs);
  return {
    said: (line) => tree.said(line),
    stored: (event) => tree.stored(event, sinceStart()),
    passed: (pass) => tree.passed(pass, sinceStart()),
    end: () => {
      clearInterval(timer);
      redraw(undefined);
      // Shows the cursor again, which was hidden.
      draw.done();
    },
  };
}
