import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { readBackupState, readBackupStates, writeBackupState } from './backup-state-file.ts';
import { stateDirectory } from './paths.ts';

const shop = { context: 'k3d-shop', stack: 'shop' };
const crm = { context: 'k3d-shop', stack: 'crm' };
const rest = { place: '/b', endedAt: 5, outcome: 'proven' as const };

beforeEach(() => void vi.stubEnv('XDG_STATE_HOME', temporaryFolder()));
afterEach(() => void vi.unstubAllEnvs());

test('two stacks of one context say how they are, each for itself', () => {
  writeBackupState({ ...shop, ...rest });
  writeBackupState({ ...crm, ...rest, outcome: 'bad' });
  expect(readBackupState(shop)).toMatchObject({ outcome: 'proven' });
  expect(readBackupState(crm)).toMatchObject({ outcome: 'bad' });
  expect(readBackupStates(stateDirectory())).toHaveLength(2);
});

test('what an earlier version wrote counts for its stack until there is something newer', () => {
  mkdirSync(stateDirectory(), { recursive: true });
  writeFileSync(
    path.join(stateDirectory(), 'backup-k3d-shop.json'),
    JSON.stringify({ ...shop, ...rest, why: 'old' }),
  );
  expect(readBackupState(shop)).toMatchObject({ why: 'old' });
  expect(readBackupState(crm)).toBeUndefined();
  writeBackupState({ ...crm, ...rest });
  expect(readBackupStates(stateDirectory())).toHaveLength(2);
  writeBackupState({ ...shop, ...rest, why: 'new' });
  expect(readBackupState(shop)).toMatchObject({ why: 'new' });
  expect(readBackupStates(stateDirectory()).map(({ why }) => why)).toEqual([undefined, 'new']);
});

test('a run that ended before its stack was known is shown until the next one', () => {
  writeBackupState({ context: 'k3d-shop', stack: 'k3d-shop', ...rest, outcome: 'failed' });
  expect(readdirSync(stateDirectory())).toEqual(['backup-k3d-shop.json']);
  expect(readBackupStates(stateDirectory())).toHaveLength(1);
  writeBackupState({ ...shop, ...rest, endedAt: 6 });
  expect(readBackupStates(stateDirectory()).map(({ stack }) => stack)).toEqual(['shop']);
});
