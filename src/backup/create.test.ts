import { expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { FolderStore } from '../adapters/backup-stores/folder.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { createBackup, type PartToTake } from './create.ts';
import { newIdentity } from './encryption.ts';
import { ProgramFailed } from './program-output.ts';

const { recipient } = await newIdentity();

/** A backup of these parts in a store of its own. */
function made(...parts: readonly PartToTake[]) {
  const store = new FolderStore(temporaryFolder());
  const { signal } = new AbortController();
  const context = { store, clock: systemClock, recipients: [recipient], say: () => undefined, signal };
  return createBackup(context, { stack: 'shop', context: 'k3d-shop', tool: 'test' }, parts, []);
}

/** Files of a claim of which nothing comes but this error. */
const failing = (error: Error): PartToTake => ({
  file: 'uploads.media.tar',
  title: 'files of claim media',
  isOptional: true,
  take: async () => {
    throw error;
  },
});

test('what was to be in it and could not be had is on record as missing', async () => {
  const error = new ProgramFailed({
    what: 'tar ended with code 2',
    cause: 'x',
    place: 'pod',
    next: 'Read it.',
  });
  expect((await made(failing(error))).leftOut).toEqual([
    { what: 'files of claim media', why: error.message, isMissing: true },
  ]);
});
