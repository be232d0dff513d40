import { expect, test } from 'vitest';

import { container, healthy, node, now, pod } from '../../test/fakes/observation.ts';
import { saw } from '../domain/looked.ts';
import type { PodFacts } from '../domain/observation.ts';
import { restartedRecently } from './restarted-recently.ts';

const old = now - 600_000;
const young = container({ startedAt: now - 5000 });

/** A shop that runs for long, with one pod that started a moment ago. */
function shopWith(owner: PodFacts['owner'] & object, provenAt?: number): boolean {
  const observation = healthy({
    containers: saw([node('server-0', { role: 'server', startedAt: old })], 'engine', now),
    pods: saw(
      [
        pod('web-1', { containers: [container({ startedAt: old })] }),
        pod('young-1', { owner, containers: [young] }),
      ],
      'API',
      now,
    ),
  });
  return restartedRecently(observation, provenAt);
}

test('what started a moment ago may still fall over, unless it was proven since or is a pod of a Job', () => {
  expect(shopWith({ kind: 'ReplicaSet', name: 'young' })).toBe(true);
  expect(shopWith({ kind: 'ReplicaSet', name: 'young' }, now - 1000)).toBe(false);
  expect(shopWith({ kind: 'Job', name: 'report-29' })).toBe(false);
});
