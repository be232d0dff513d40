import type pc from 'picocolors';

import { plainLine } from '../domain/plain-text.ts';
import type { RowName, RowState } from './layer-rows.ts';

/** An action or a refusal, shown below its layer. */
export interface Leaf {
  readonly state: RowState;
  readonly text: string;
}

export interface Branch {
  readonly name: RowName;
  readonly state: RowState;
  readonly detail: string;
  /** Seconds from the start of the run until it worked, or until now. */
  readonly seconds: number;
  readonly leaves: readonly Leaf[];
}

/** How a frame is drawn. */
export interface FrameLook {
  /** Columns, at least 1. */
  readonly width: number;
  /** Turns the spinner; without it the picture is the last one. */
  readonly tick: number | undefined;
  readonly colors: Pick<typeof pc, 'green' | 'red' | 'yellow' | 'dim'>;
}

const nameWidth = 'container engine'.length;

/** Narrower than this there is no room for a word of detail, columns. */
const narrowest = 32;

/** Narrower than this there is none for an indentation, columns. */
const narrowestIndented = 12;

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

function mark(state: RowState, { tick, colors }: FrameLook): string {
  switch (state) {
    case 'works':
      return colors.green('✔');
    case 'broken':
      return colors.red('✖');
    case 'waiting':
      return colors.yellow(tick === undefined ? '○' : (spinner[tick % spinner.length] ?? ''));
    case 'absent':
      return colors.dim('·');
  }
}

/** Characters that terminals draw over two columns: East Asian scripts and emoji (Unicode Standard Annex 11). */
const wide =
  /[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

function columnsOf(text: string): number {
  return Array.from(text, (point) => (wide.test(point) ? 2 : 1)).reduce<number>((sum, own) => sum + own, 0);
}

/** One line of at most `width` columns; what a cluster says may hold control characters, which would move the cursor. */
function cut(text: string, width: number): string {
  if (width < 1) return '';
  const plain = plainLine(text);
  if (columnsOf(plain) <= width) return plain;
  let kept = '';
  let columns = 0;
  for (const point of plain) {
    columns += columnsOf(point);
    // One column is for the sign that something is missing.
    if (columns > width - 1) break;
    kept += point;
  }
  return `${kept}…`;
}

function branchLine({ name, state, detail, seconds }: Branch, look: FrameLook): string {
  const { width, colors } = look;
  const time = state === 'absent' ? '' : `${seconds.toFixed(1)} s`;
  if (width < narrowest) {
    const room = width - 2;
    const whole = `${name} ${time}`;
    // Half a time is none: where it does not fit, the name stands alone.
    return `${mark(state, look)} ${cut(whole.length <= room ? whole : name, room)}`.trimEnd();
  }
  const head = `${name.padEnd(nameWidth)} ${time.padStart(7)}`;
  const rest = cut(detail, width - head.length - 4);
  return `${mark(state, look)} ${head}  ${state === 'broken' ? rest : colors.dim(rest)}`.trimEnd();
}

function leafLine({ state, text }: Leaf, look: FrameLook): string {
  const indent = look.width < narrowestIndented ? '' : '  ';
  return `${indent}${mark(state, look)} ${cut(text, look.width - indent.length - 2)}`.trimEnd();
}

/**
 * The task tree as lines of at most `width` columns, so that a narrow terminal does not wrap them: one line a layer,
 * below it what was done there, and at last what is waited for. Pure.
 */
export function treeFrame(branches: readonly Branch[], note: string, look: FrameLook): readonly string[] {
  const lines = branches.flatMap((branch) => [
    branchLine(branch, look),
    ...branch.leaves.map((leaf) => leafLine(leaf, look)),
  ]);
  return note === '' ? lines : [...lines, look.colors.dim(cut(note, look.width))];
}
