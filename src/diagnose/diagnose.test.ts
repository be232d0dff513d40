import { describe, expect, test } from 'vitest';

import { boot, healthy, now, stack } from '../../test/fakes/observation.ts';
import { couldNotLook, mayNotLook, saw } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import { diagnose } from './diagnose.ts';

const found = (changes: Partial<Observation>) => diagnose(healthy(changes), { stack, firstSeen: () => boot });

describe('wishes that this user may not read', () => {
  test.each<readonly [string, Partial<Observation>, string]>([
    [
      'of a database cluster',
      {
        maintenance: saw(
          { marks: [], forbidden: [{ object: 'postgresql db', why: 'not allowed' }] },
          'API',
          now,
        ),
      },
      'postgresql db',
    ],
    ['of a node', { nodes: mayNotLook('not allowed', 'nodes', now) }, 'a node'],
  ])('are told as what is not obeyed, and are no reason to be unhealthy: %s', (_name, changes, what) => {
    expect(found(changes)).toMatchObject([
      {
        fault: 'could-not-look',
        kind: 'notice',
        claim: `Whether ${what} is to be left alone could not be seen, and it is treated as if it were not: not allowed.`,
        byHand: expect.stringContaining('deploy/rbac/rekindle.yaml') as string,
      },
    ]);
  });

  test('are nothing to tell when the answer was only late', () => {
    expect(
      found({ maintenance: couldNotLook('late', 'API', now), nodes: couldNotLook('late', 'API', now) }),
    ).toEqual([]);
  });
});
