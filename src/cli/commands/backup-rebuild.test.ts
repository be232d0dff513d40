import { expect, test } from 'vitest';

import type { Proven } from '../../backup/from-nothing/context.ts';
import { exitCodeOfRebuild } from './backup-rebuild.ts';

test.each<[Proven['state'], readonly string[], number]>([
  ['healthy', [], 0],
  ['healthy', ['logs'], 1],
  ['broken', [], 1],
  ['unknown', [], 2],
  ['unknown', ['logs'], 2],
])('a cluster that is %s and is without the files of %j ends with %i', (state, notPutBack, code) => {
  expect(exitCodeOfRebuild({ verdict: { state, sentence: '' }, notPutBack })).toBe(code);
});
