import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { localStackFile } from '../../app/stack-file-lookup.ts';
import { causeText } from '../../record/explained-error.ts';
import { stackFileText } from '../../stack-file/write.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession } from '../session.ts';

/** `rekindle init`: writes rekindle.yaml from what is there; never over an existing file. Throws UsageError. */
export async function initCommand(options: CommonOptions, signal: AbortSignal): Promise<number> {
  const { stack: named, ...others } = options;
  const file = named ?? localStackFile;
  if (existsSync(file)) throw notWritten(file, 'a file of this name is there, and it is yours');
  const session = await openSession(others, signal, false);
  try {
    // Without an answer the stack would be the one from before, or none: not what is there.
    await session.context.reader.ready();
    const text = stackFileText(session.context.stack);
    writeNew(file, text);
    answer(options, 'init', {
      text: `Wrote ${file}. Read it, then run: rekindle plan`,
      json: { file, text },
    });
    return exitCodes.healthy;
  } finally {
    session.close();
  }
}

/** Writes a new file, and its folder where that is not there yet. Throws UsageError. */
export function writeNew(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // wx: an existing file is the user's and is not written over.
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw notWritten(file, causeText(error));
  }
}

function notWritten(place: string, cause: string): UsageError {
  const next = 'Name another file with --stack, or move this one away.';
  return new UsageError({ what: 'The stack file was not written', cause, place, next });
}
