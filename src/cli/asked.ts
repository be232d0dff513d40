import process from 'node:process';
import { createInterface } from 'node:readline/promises';

import { tell } from './answer.ts';
import type { CommonOptions } from './options.ts';

export interface Question {
  /** What would be done, shown first. */
  readonly plan: string;
  readonly question: string;
  /** The word that has to be written to go on. */
  readonly word: string;
}

/** Whether the person at the terminal wants it: `--yes`, or the word that is asked for. Nobody else is asked. */
export async function isWanted(
  options: CommonOptions & { readonly yes?: boolean },
  { plan, question, word }: Question,
): Promise<boolean> {
  if (options.yes === true) return true;
  if (options.json === true || !process.stdin.isTTY) return false;
  tell(plan);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await reader.question(question)).trim() === word;
  } finally {
    reader.close();
  }
}
