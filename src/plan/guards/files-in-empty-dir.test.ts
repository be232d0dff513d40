import { expect, test } from 'vitest';

import { container, healthy, now, pod, stack } from '../../../test/fakes/observation.ts';
import { couldNotLook, saw, type Looked } from '../../domain/looked.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { filesInEmptyDir } from './files-in-empty-dir.ts';

const crashed = container({ state: 'waiting', reason: 'CrashLoopBackOff' });
const step = { step: 'restart-crash-looping-pod', target: { kind: 'Pod', name: 'web', uid: 'uid-of-web' } };

/** What the guard says of deleting a pod with one volume that holds this; undefined: nobody looked. */
function said(files: Looked<readonly string[]> | undefined, containers = [crashed], emptyDirs = ['uploads']) {
  const facts = files === undefined ? [] : [{ podUid: 'uid-of-web', volume: 'uploads', files }];
  const observation = healthy({
    pods: saw([pod('web', { containers, emptyDirs })], 'API', now),
    emptyDirs: saw(facts, 'emptyDir volumes', now),
  });
  const context = { stack, observation, past: [], run: 'run', busy: new Set<string>() };
  return filesInEmptyDir.judge(step as unknown as PlannedStep, context)?.reason;
}

const holds = (...names: string[]) => saw<readonly string[]>(names, 'node', now);

test('a pod goes only when its emptyDir volumes are known to be empty', () => {
  expect(said(holds())).toBeUndefined();
  expect(said(undefined, [crashed], [])).toBeUndefined();
  expect(said(holds('a.jpg', 'b.jpg'))).toMatch(/would delete .* uploads: a\.jpg, b\.jpg\./);
  expect(said(holds('1', '2', '3', '4', '5', '6', '7'))).toMatch(/: 1, 2, 3, 4, 5 and 2 more\./);
  expect(said(couldNotLook('its node does not run', 'node', now))).toMatch(
    /could not be seen: its node does not run/,
  );
  expect(said(undefined)).toMatch(/^Nobody has looked/);
  expect(said(holds(), [crashed, container({ name: 'sidecar' })])).toMatch(/still runs/);
});
