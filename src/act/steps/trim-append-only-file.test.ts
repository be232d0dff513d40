import { describe, expect, test } from 'vitest';

import { now } from '../../../test/fakes/observation.ts';
import { oneCommand, redis, redisOnANode, type RedisOnANode } from '../../../test/fakes/redis-on-a-node.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ActContext } from '../define-step.ts';
import { trimAppendOnlyFile } from './trim-append-only-file.ts';

const good = Buffer.concat([oneCommand, oneCommand]);
const damaged = Buffer.concat([good, Buffer.alloc(4096)]);
const copy = `${redis.path}.rekindle-20260101T120030Z`;

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
    validUpTo: String(good.length),
  },
};

const contextOf = (fake: RedisOnANode) =>
  ({ ...fake.context, clock: { now: () => now } }) as unknown as ActContext;

const podPath = `/api/v1/namespaces/shop/pods/${redis.pod}`;

describe('trimming an append-only file', () => {
  test('copies it, compares the copy, cuts the NUL bytes off, and is proven', async () => {
    const fake = redisOnANode(damaged);
    const context = contextOf(fake);
    expect(await trimAppendOnlyFile.precondition(planned, context)).toBeUndefined();
    expect(await trimAppendOnlyFile.probe(planned, context)).toMatchObject({ answer: 'no' });
    expect(await trimAppendOnlyFile.run(planned, context)).toContain(`kept as ${copy}`);
    expect(fake.ran).toEqual([
      `cp -p ${redis.path} ${copy}`,
      'sync',
      `cmp ${redis.path} ${copy}`,
      `truncate -s ${good.length} ${redis.path}`,
      'sync',
    ]);
    expect(fake.files.get(redis.path)).toEqual(good);
    expect(fake.files.get(copy)).toEqual(damaged);
    expect(await trimAppendOnlyFile.probe(planned, context)).toMatchObject({ answer: 'yes' });
  });

  /** It dies before that many of its calls are done. */
  async function dies(last: number): Promise<RedisOnANode> {
    const fake = redisOnANode(damaged);
    fake.beforeRun = () => {
      if (fake.ran.length === last) throw new Error('killed');
    };
    await expect(trimAppendOnlyFile.run(planned, contextOf(fake))).rejects.toThrow('killed');
    fake.beforeRun = () => undefined;
    return fake;
  }

  test('that dies before its last call has cut the file, and the next pass finds it whole', async () => {
    const fake = await dies(4);
    expect(await trimAppendOnlyFile.probe(planned, contextOf(fake))).toMatchObject({ answer: 'yes' });
    expect(fake.files.get(redis.path)).toEqual(good);
    expect(fake.files.get(copy)).toEqual(damaged);
  });

  test.each([0, 1, 2, 3])('may die before its call %i and is done by the next pass', async (last) => {
    const fake = await dies(last);
    const context = contextOf(fake);
    expect(fake.files.get(redis.path)).toEqual(damaged);
    expect(await trimAppendOnlyFile.run(planned, context)).toContain('cut');
    expect(fake.files.get(redis.path)).toEqual(good);
    expect(fake.files.get(copy)).toEqual(damaged);
  });

  test('leaves a file alone that somebody repaired while it was copied', async () => {
    const fake = redisOnANode(damaged);
    const repaired = Buffer.concat([good, oneCommand]);
    fake.beforeRun = (line) => {
      if (line === 'sync') fake.files.set(redis.path, repaired);
    };
    const doing = trimAppendOnlyFile.run(planned, contextOf(fake));
    await expect(doing).rejects.toThrow('cmp: differ');
    expect(fake.files.get(redis.path)).toEqual(repaired);
  });

  test('cuts nothing when the copy is not there where the file was judged', async () => {
    const fake = redisOnANode(damaged);
    fake.beforeRun = (line) => {
      if (line === 'sync') fake.files.set(copy, good);
    };
    await expect(trimAppendOnlyFile.run(planned, contextOf(fake))).rejects.toThrow(
      'the copy is not what was judged',
    );
    expect(fake.files.get(redis.path)).toEqual(damaged);
  });

  test.each<[string, RegExp, (fake: RedisOnANode) => void]>([
    [
      'another pod of the name',
      /replaced/,
      ({ objects }) => {
        const pod = objects.get(podPath);
        if (pod !== undefined) objects.set(podPath, { ...pod, metadata: { ...pod.metadata, uid: 'new' } });
      },
    ],
    ['a pod that is gone', /replaced/, ({ objects }) => objects.delete(podPath)],
    [
      'a container that runs',
      /not waiting/,
      ({ objects }) => {
        const pod = objects.get(podPath);
        const running = { name: redis.container, state: { running: {} } };
        if (pod !== undefined) objects.set(podPath, { ...pod, status: { containerStatuses: [running] } });
      },
    ],
  ])('is refused for %s', async (_name, reason, change) => {
    const fake = redisOnANode(damaged);
    change(fake);
    expect(await trimAppendOnlyFile.precondition(planned, contextOf(fake))).toMatch(reason);
    await expect(trimAppendOnlyFile.run(planned, contextOf(fake))).rejects.toThrow('nothing was touched');
    expect(fake.ran).toEqual([]);
  });

  test.each<[string, Buffer]>([
    ['of another size', Buffer.concat([damaged, Buffer.alloc(1)])],
    ['of the same size with other bytes', Buffer.concat([damaged.subarray(0, -1), Buffer.from('x')])],
  ])('leaves a file %s as it is', async (_name, bytes) => {
    const fake = redisOnANode(bytes);
    await expect(trimAppendOnlyFile.run(planned, contextOf(fake))).rejects.toThrow('nothing was cut');
    expect(fake.files.get(redis.path)).toEqual(bytes);
  });
});
