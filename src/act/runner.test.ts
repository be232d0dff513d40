import { expect, test } from 'vitest';

import { now } from '../../test/fakes/observation.ts';
import { oneCommand, redis, redisOnANode } from '../../test/fakes/redis-on-a-node.ts';
import type { JournalEvent } from '../domain/journal-event.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { ActContext } from './define-step.ts';
import { runStep } from './runner.ts';

const damaged = Buffer.concat([oneCommand, Buffer.alloc(4096)]);

const planned: PlannedStep = {
  step: 'trim-append-only-file',
  target: { kind: 'Pod', namespace: 'shop', name: redis.pod, uid: redis.uid },
  risk: 'disruptive',
  because: 'redis-append-only-file-damaged',
  reason: '',
  provenBy: '',
  undo: '',
  evidenceAt: now,
  parameters: {
    container: redis.container,
    name: redis.file,
    node: 'agent-0',
    path: redis.path,
    size: String(damaged.length),
    validUpTo: String(oneCommand.length),
  },
};

/** What the step works with; `cleared` is called for each store of answers that is cleared. */
function contextOf(fake: ReturnType<typeof redisOnANode>, cleared: () => void = () => undefined): ActContext {
  const clock = { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve() };
  const { signal } = new AbortController();
  const answers = { clear: cleared };
  return { ...fake.context, clock, signal, kept: answers, late: answers } as unknown as ActContext;
}

/** Runs the step; `change` happens between its intent on disk and its first call. */
async function run(change: (fake: ReturnType<typeof redisOnANode>) => void) {
  const fake = redisOnANode(damaged);
  const context = contextOf(fake);
  const events: JournalEvent[] = [];
  const result = await runStep(planned, context, 'run', (event) => {
    events.push(event);
    if (event.type === 'step-intended') change(fake);
  });
  return { result, acted: events.find(({ type }) => type === 'step-acted') };
}

test('a step whose object changed between intent and action says that it touched nothing', async () => {
  const { result, acted } = await run(({ objects }) => objects.clear());
  expect(result).toMatchObject({
    acted: 'skipped',
    detail: 'the pod was replaced meanwhile; nothing was touched',
  });
  expect(acted).toMatchObject({ acted: 'failed', untouched: true });
});

test('a step that fails on its way may have done something', async () => {
  const { result, acted } = await run((fake) => {
    fake.beforeRun = () => {
      throw new Error('the engine went away');
    };
  });
  expect(result).toMatchObject({ acted: 'failed', detail: 'the engine went away' });
  expect(acted).toMatchObject({ acted: 'failed' });
  expect(acted).not.toHaveProperty('untouched');
});

test('a step that was done is not called failed because that could not be written, and no answer of before counts', async () => {
  const events: JournalEvent[] = [];
  let isWritable = true;
  let cleared = 0;
  const context = contextOf(redisOnANode(damaged), () => (cleared += 1));
  const result = runStep(planned, context, 'run', (event) => {
    if (event.type === 'step-acted' && isWritable) {
      isWritable = false;
      throw new Error('the disk is full');
    }
    events.push(event);
  });
  await expect(result).rejects.toThrow('the disk is full');
  expect(events.map(({ type }) => type)).toEqual(['step-intended']);
  expect(cleared).toBe(2);
});
