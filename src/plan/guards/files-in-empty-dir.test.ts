import { describe, expect, test } from 'vitest';

import { container, healthy, now, pod, stack } from '../../../test/fakes/observation.ts';
import { couldNotLook, saw, type Looked } from '../../domain/looked.ts';
import type { FilesInFolder, PodFacts } from '../../domain/observation.ts';
import type { PlannedStep, StepName } from '../../domain/plan.ts';
import { clockTime } from '../../domain/time-stamp.ts';
import { filesInEmptyDir } from './files-in-empty-dir.ts';

const crashed = container({
  state: 'waiting',
  reason: 'CrashLoopBackOff',
  message: 'back-off 1m20s restarting failed container=main',
  lastExit: { exitCode: 1, finishedAt: now - 10_000 },
});

interface Case {
  readonly files?: Looked<FilesInFolder>;
  readonly pod?: Partial<PodFacts>;
  readonly step?: StepName;
}

/** What the guard says of deleting a pod whose volume holds this; `files` undefined: nobody looked. */
function judged({ files, pod: changes = {}, step = 'restart-crash-looping-pod' }: Case) {
  const facts = files === undefined ? [] : [{ podUid: 'uid-of-web', volume: 'uploads', files }];
  const observation = healthy({
    pods: saw([pod('web', { containers: [crashed], emptyDirs: ['uploads'], ...changes })], 'API', now),
    emptyDirs: saw(facts, 'emptyDir volumes', now),
  });
  const planned = { step, target: { kind: 'Pod', name: 'web', uid: 'uid-of-web' } };
  const context = { stack, observation, past: [], run: 'run', busy: new Set<string>() };
  return filesInEmptyDir.judge(planned as unknown as PlannedStep, context);
}

const holds = (...names: string[]) => saw<FilesInFolder>({ names, isWhole: true }, 'node', now);

describe('a pod', () => {
  test('goes when its emptyDir volumes are known to be empty, and when it has none', () => {
    expect(judged({ files: holds() })).toBeUndefined();
    expect(judged({ pod: { emptyDirs: [] } })).toBeUndefined();
  });

  test.each<StepName>(['restart-crash-looping-pod', 'restart-pod-with-its-files', 'restart-stuck-pod'])(
    'stays with volumes of a driver that are deleted with it, whatever its emptyDir volumes hold: %s',
    (step) => {
      const refusal = judged({ files: holds(), pod: { ephemeralVolumes: ['scratch'] }, step });
      expect(refusal).toMatchObject({
        kind: 'wait',
        reason: expect.stringMatching(/volume\(s\) scratch as well/) as string,
      });
    },
  );

  test.each<[string, RegExp, Case]>([
    [
      'files',
      /^Deleting web would delete .* uploads: a\.jpg, 2026\/b\.jpg\.$/,
      { files: holds('a.jpg', '2026/b.jpg') },
    ],
    ['many files', /: 1, 2, 3, 4, 5 and 2 more\.$/, { files: holds('1', '2', '3', '4', '5', '6', '7') }],
    ['more than was read', /: a and more\.$/, { files: saw({ names: ['a'], isWhole: false }, 'node', now) }],
    ['a hostile name', /: \\u\{1b\}\[2J\\u\{a\}\.$/, { files: holds('\u001B[2J\n') }],
  ])('with %s stays, and the reader has a choice', (_name, reason, given) => {
    const refusal = judged(given);
    expect(refusal).toMatchObject({ kind: 'choice', reason: expect.stringMatching(reason) as string });
    expect(refusal?.advice).toContain('`rekindle up --copy-out DIR`');
    const until = clockTime(now - 10_000 + 80_000 + 15_000);
    expect(refusal?.advice).toContain(`at the latest about ${until}`);
  });

  test.each<[string, RegExp, Case]>([
    [
      'a volume that could not be looked at',
      /could not be seen: its node does not run/,
      { files: couldNotLook('its node does not run', 'node', now) },
    ],
    ['a volume that nobody looked at', /^Nobody has looked/, {}],
    [
      'a container that runs',
      /still runs/,
      { files: holds(), pod: { containers: [crashed, container({ name: 'second' })] } },
    ],
    ['a sidecar that runs', /still runs/, { files: holds(), pod: { initContainers: [container()] } }],
    [
      'somebody who looks around',
      /still runs/,
      { files: holds(), pod: { ephemeralContainers: [container()] } },
    ],
  ])('with %s stays, and its files are not to be copied', (_name, reason, given) => {
    for (const step of ['restart-crash-looping-pod', 'restart-pod-with-its-files'] as const) {
      const refusal = judged({ ...given, step });
      expect(refusal).toMatchObject({ kind: 'wait', reason: expect.stringMatching(reason) as string });
      expect(refusal?.advice).not.toContain('--copy-out');
    }
  });

  test('with files goes when they are kept', () => {
    expect(judged({ files: holds('a'), step: 'restart-pod-with-its-files' })).toBeUndefined();
  });

  test.each<[string, RegExp, typeof crashed]>([
    [
      'its end is not known',
      /not known; it waits 5 minutes/,
      container({ ...crashed, lastExit: { exitCode: 1 } }),
    ],
    [
      'it is over',
      /about to start it again/,
      container({ ...crashed, lastExit: { exitCode: 1, finishedAt: now - 200_000 } }),
    ],
  ])('says until when it waits: %s', (_name, advice, waiting) => {
    expect(judged({ files: holds('a'), pod: { containers: [waiting] } })?.advice).toMatch(advice);
  });

  test('that waits for nothing is a case for a person', () => {
    const stuck = container({ state: 'terminated', reason: 'Unknown', exitCode: 255 });
    const refusal = judged({ pod: { containers: [stuck] }, step: 'restart-stuck-pod' });
    expect(refusal?.advice).toMatch(/delete the pod by hand/);
  });
});
