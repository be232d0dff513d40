import { expect, test } from 'vitest';

import { healthy, now } from '../../../test/fakes/observation.ts';
import { couldNotLook, saw, seen, type Looked } from '../../domain/looked.ts';
import type { PrimaryFacts } from '../../domain/observation.ts';
import { noAnswerYet } from '../../observe/late-answers.ts';
import { openQuestions } from './database-pass.ts';

/** The shop's databases with this answer to who leads. */
function led(primary: Looked<PrimaryFacts>) {
  const [database] = seen(healthy().databases) ?? [];
  if (database === undefined) throw new Error('the healthy shop has no database');
  return healthy({ databases: saw([{ ...database, primary }], 'API', now) });
}

test('a healthy database leaves nothing open', () => {
  expect(openQuestions(healthy())).toEqual({ comes: false, isOpen: false });
});

test('a primary that answers late is waited for, one that refuses is only asked again', () => {
  expect(openQuestions(led(couldNotLook(noAnswerYet, 'SQL', now)))).toEqual({ comes: true, isOpen: true });
  expect(openQuestions(led(couldNotLook('connection refused', 'SQL', now)))).toEqual({
    comes: false,
    isOpen: true,
  });
});

test.each(['databases', 'pods', 'workloads'])(
  '%s that could not be looked at are asked for again',
  (what) => {
    expect(openQuestions(healthy({ [what]: couldNotLook('no API', 'API', now) }))).toEqual({
      comes: false,
      isOpen: true,
    });
  },
);
