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

async function* text(): AsyncGenerator<Buffer> {
  yield Buffer.from('{}');
}

const definition: PartToTake = {
  file: 'cluster-definition.json',
  title: 'definition of the cluster',
  take: async (store) => ({
    stored: await store(text()),
    of: { kind: 'cluster-definition', cluster: 'shop', nodes: 1, images: 0 },
  }),
};

/** Files of a claim of which nothing comes but this error. */
const failing = (error: Error): PartToTake => ({
  file: 'uploads.media.tar',
  title: 'files of claim media',
  isOptional: true,
  leaveHint: 'leave: [media]',
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
    { what: 'files of claim media', why: `${error.message} (leave: [media])`, isMissing: true },
  ]);
});

test.each(['ProgramNotStarted', 'NotFound'])(
  'a container without a shell, or one that is gone, is about its part alone (%s)',
  async (name) => {
    const error = Object.assign(new Error('executable file not found in $PATH'), { name });
    const { parts, leftOut } = await made(failing(error), definition);
    expect(parts).toHaveLength(1);
    expect(leftOut).toMatchObject([{ what: 'files of claim media', isMissing: true }]);
  },
);

test('a connection that breaks ends the backup, which a later run goes on with', async () => {
  const lost = Object.assign(new Error('the API closed the connection'), { name: 'ProgramLost' });
  await expect(made(failing(lost))).rejects.toThrow(lost);
  const gone = Object.assign(new Error('no such pod'), { name: 'NotFound' });
  const { isOptional: _optional, ...needed } = failing(gone);
  await expect(made(needed)).rejects.toThrow(gone);
});
