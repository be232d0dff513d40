import { describe, expect, test } from 'vitest';

import { healthy, now, pod } from '../../test/fakes/observation.ts';
import type { JournalEvent, StoredEvent } from '../domain/journal-event.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import type { Observation, PodFacts } from '../domain/observation.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { unfinishedCopies, unfinishedCopyTask } from './unfinished-copies.ts';

const step: PlannedStep = {
  step: 'restart-pod-with-its-files',
  target: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'uid-of-web-1' },
  risk: 'disruptive',
  because: 'crash-loop-tail',
  reason: '',
  provenBy: '',
  undo: '',
  evidenceAt: now - 60_000,
  parameters: { owner: 'web-set', copyOut: '/copies/run' },
};
const begun: JournalEvent = { type: 'step-intended', run: 'old', action: 'a', step };
const acted: JournalEvent = { type: 'step-acted', run: 'old', action: 'a', acted: 'failed', detail: '' };
const stored = (events: readonly JournalEvent[]): StoredEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1, at: now - 60_000 }));
const found = (...events: readonly JournalEvent[]) => unfinishedCopies(stored(events), 'new');

describe('an earlier run that moved files', () => {
  test('was ended before its outcome was heard', () => {
    expect(found(begun)).toMatchObject([{ run: 'old', action: 'a', root: '/copies/run' }]);
  });

  test.each<[string, JournalEvent[]]>([
    ['its outcome was heard', [begun, acted]],
    ['it is this one', [{ type: 'step-intended', run: 'new', action: 'a', step }]],
    [
      'it did something else',
      [{ type: 'step-intended', run: 'old', action: 'a', step: { ...step, step: 'nudge-pooler' } }],
    ],
  ])('is no concern when %s', (_name, events) => {
    expect(found(...events)).toEqual([]);
  });
});

const [copy] = found(begun);
const whole = { state: 'whole', archives: ["/copies/it's/uploads.tar"] } as const;
const made = (name: string, changes: Partial<PodFacts> = {}) =>
  pod(name, { owner: { kind: 'ReplicaSet', name: 'web-set' }, createdAt: now - 50_000, ...changes });

function told(pods: Observation['pods'], disk: Parameters<typeof unfinishedCopyTask>[1] = whole) {
  if (copy === undefined) throw new Error('there is no copy to tell of');
  return unfinishedCopyTask(copy, disk, healthy({ pods }));
}

describe('the copy of a run that was ended', () => {
  test('is put back by one command when it is clear which pod came after', () => {
    const task = told(saw([made('web-2'), pod('other')], 'API', now));
    expect(task).toMatchObject({ fault: 'crash-loop-tail', target: step.target });
    expect(task?.byHand).toContain(
      String.raw`docker cp - server-0:/var/lib/kubelet/pods/uid-of-web-2/volumes/kubernetes.io~empty-dir < '/copies/it'\''s/uploads.tar'`,
    );
  });

  test.each<[string, Observation['pods']]>([
    ['there are two', saw([made('web-2'), made('web-3')], 'API', now)],
    ['there is none', saw([made('web-2', { createdAt: now - 3_600_000 })], 'API', now)],
    ['it is about to go as well', saw([made('web-2', { deleting: true })], 'API', now)],
    ['nobody could look', couldNotLook('no API', 'API', now)],
  ])('leaves the pod to the reader when %s', (_name, pods) => {
    expect(told(pods)?.byHand).toMatch(
      /docker cp - NODE:\/var\/lib\/kubelet\/pods\/UID\/.*kubectl -n shop get pods/,
    );
  });

  test('needs nobody while the old pod has its files, and when it was never finished', () => {
    expect(told(saw([made('web-1')], 'API', now))).toBeUndefined();
    expect(told(saw([made('web-1', { deleting: true })], 'API', now))).toBeDefined();
    expect(told(saw([made('web-2')], 'API', now), { state: 'partial' })).toBeUndefined();
  });

  test('is told of also when it is not found', () => {
    const task = told(saw([made('web-2')], 'API', now), { state: 'not found', why: 'no such folder' });
    expect(task?.reason).toContain('no such folder');
    expect(task?.byHand).toContain('mount it');
  });
});
