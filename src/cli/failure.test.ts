import { expect, test } from 'vitest';

import { RestoreRefused } from '../backup/postgres/restore-beside.ts';
import { failureOf } from './failure.ts';

test('a restore that was refused ends with 1: 2 would say that nobody knows', () => {
  const error = new RestoreRefused({
    what: 'The database is not restored',
    cause: 'it has rows already',
    place: 'here',
    next: 'Look where they come from.',
  });
  const failure = failureOf(error, new AbortController().signal);
  expect(failure).toMatchObject({ code: 1, kind: 'RestoreRefused' });
});
