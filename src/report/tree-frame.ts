import { stripVTControlCharacters } from 'node:util';

import pc from 'picocolors';

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

const nameWidth = 'container engine'.length;

/** Narrower than this there is no room for a word of detail, columns. */
const narrowest = 32;

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

function mark(state: RowState, tick: number | undefined): string {
  switch (state) {
    case 'works':
      return pc.green('✔');
    case 'broken':
      return pc.red('✖');
    case 'waiting':
      return pc.yellow(tick === undefined ? '○' : (spinner[tick % spinner.length] ?? ''));
    case 'absent':
      return pc.dim('·');
  }
}

/** One line of at most `width` columns; what a cluster says may hold control characters, which would move the cursor. */
function cut(text: string, width: number): string {
  const plain = stripVTControlCharacters(text).replaceAll(/\p{C}+|\s+/gu, ' ');
  const points = Array.from(plain);
  return points.length <= width ? plain : `${points.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function branchLine(
  { name, state, detail, seconds }: Branch,
  width: number,
  tick: number | undefined,
): string {
  const time = state === 'absent' ? '' : `${seconds.toFixed(1)} s`;
  if (width < narrowest) return `${mark(state, tick)} ${cut(`${name} ${time}`, width - 2)}`;
  const head = `${name.padEnd(nameWidth)} ${time.padStart(7)}`;
  const rest = cut(detail, width - head.length - 4);
  return `${mark(state, tick)} ${head}  ${state === 'broken' ? rest : pc.dim(rest)}`.trimEnd();
}

/**
 * The task tree as lines of at most `width` columns, so that a narrow terminal does not wrap them: one line a layer,
 * below it what was done there, and at last what is waited for. `tick` turns the spinner; without
 * it the picture is the last one. Pure.
 */
export function treeFrame(
  branches: readonly Branch[],
  note: string,
  { width, tick }: { readonly width: number; readonly tick: number | undefined },
): readonly string[] {
  const lines = branches.flatMap((branch) => [
    branchLine(branch, width, tick),
    ...branch.leaves.map(({ state, text }) => `  ${mark(state, tick)} ${cut(text, width - 4)}`),
  ]);
  return note === '' ? lines : [...lines, pc.dim(cut(note, width))];
}
