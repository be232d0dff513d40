import { expect, test } from 'vitest';

import type { Proven } from './context.ts';
import { resultText } from './rebuild-text.ts';

const result = (state: Proven['state'], notPutBack: readonly string[]) => ({
  cluster: 'shop',
  backup: 'b-1',
  steps: [],
  seconds: 1,
  lost: [],
  verdict: { state, sentence: 'orders can be placed' },
  notPutBack,
});

test('a cluster without files that the backup has is not restored, whatever the front door says', () => {
  const text = resultText(result('healthy', ['logs', 'nightly']));
  expect(text).toContain('not all of backup b-1');
  expect(text).toMatch(/not put back: files of logs, nightly.*rekindle backup restore b-1 --uploads/);
  expect(resultText(result('healthy', []))).not.toContain('not all');
});
