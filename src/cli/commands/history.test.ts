import { existsSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { historyCommand } from './history.ts';

test('a journal that is named and not there is told, and none is made', () => {
  const journal = path.join(temporaryFolder(), 'folder', 'gone.db');
  expect(() => historyCommand({ journal, timeout: 1 })).toThrow(/no such file .*gone\.db/);
  expect(existsSync(path.dirname(journal))).toBe(false);
});
