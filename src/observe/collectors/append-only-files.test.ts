import { describe, expect, test } from 'vitest';

import { boot, container, now, pod } from '../../../test/fakes/observation.ts';
import { oneCommand, redis, redisOnANode, type RedisOnANode } from '../../../test/fakes/redis-on-a-node.ts';
import type { ObserveContext } from '../context.ts';
import { KeptAnswers } from '../kept-answers.ts';
import { collectAppendOnlyFiles } from './append-only-files.ts';
import { collectCrashes } from './crashes.ts';

const clock = { now: () => now, monotonic: () => 0, sleep: () => new Promise<void>(() => undefined) };
const crashed = pod(redis.pod, {
  node: 'agent-0',
  owner: { kind: 'StatefulSet', name: 'redis' },
  containers: [
    container({
      name: redis.container,
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      lastExit: { exitCode: 1, finishedAt: boot + 9000 },
    }),
  ],
});
const damaged = Buffer.concat([oneCommand, Buffer.alloc(4096)]);

async function collect(fake: RedisOnANode, lines: string = redis.lastWords) {
  const reader = { ...fake.context.reader, logs: () => Promise.resolve(`* Ready\n${lines}\n`) };
  const kept = new KeptAnswers(clock);
  const context = { ...fake.context, reader, clock, kept } as unknown as ObserveContext;
  const crashes = await collectCrashes(context, [crashed]);
  return collectAppendOnlyFiles(context, [crashed], crashes);
}

const volumePath = '/api/v1/persistentvolumes/pvc-1';

function changeSpec(fake: RedisOnANode, path: string, changes: Readonly<Record<string, unknown>>): void {
  const object = fake.objects.get(path);
  if (object === undefined) throw new Error(`the fake has no ${path}`);
  fake.objects.set(path, { ...object, spec: { ...(object['spec'] as object), ...changes } });
}

const redisWith = (changes: Readonly<Record<string, unknown>>) => ({
  containers: [{ name: redis.container, volumeMounts: [{ name: 'data', mountPath: '/data' }], ...changes }],
});

describe('the append-only file of a crashed Redis', () => {
  test('is found on its node and judged, also when the pod belongs to a StatefulSet', async () => {
    expect(await collect(redisOnANode(damaged))).toMatchObject([
      {
        pod: redis.pod,
        container: redis.container,
        name: redis.file,
        file: {
          looked: true,
          value: {
            nodeId: 'id-of-agent-0',
            node: 'agent-0',
            path: redis.path,
            size: damaged.length,
            validUpTo: oneCommand.length,
            tail: 'nul',
          },
        },
      },
    ]);
  });

  test('is not looked at when it died of something else', async () => {
    expect(await collect(redisOnANode(damaged), '# Out of memory')).toEqual([]);
  });

  test.each([
    ['the image decides', redisWith({}), redis.folder],
    [
      'a shell starts it',
      redisWith({ command: ['sh', '-c', 'exec redis-server --dir /data'] }),
      redis.folder,
    ],
    [
      'its folders have other names',
      redisWith({ args: ['--dir', '/data/cache', '--appenddirname', 'log'] }),
      redis.folder.replace('appendonlydir', 'cache/log'),
    ],
    [
      'the volume is mounted in part',
      redisWith({ volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'redis' }] }),
      redis.folder.replace('appendonlydir', 'redis/appendonlydir'),
    ],
  ])('is found when %s', async (_name, spec, folder) => {
    const fake = redisOnANode(damaged);
    changeSpec(fake, `/api/v1/namespaces/shop/pods/${redis.pod}`, spec);
    for (const [path, bytes] of fake.files) fake.files.set(path.replace(redis.folder, folder), bytes);
    expect(await collect(fake)).toMatchObject([{ file: { value: { path: `${folder}/${redis.file}` } } }]);
  });

  test.each<[string, RegExp, (fake: RedisOnANode) => void]>([
    ['no file', /no such file/, ({ files }) => files.delete(redis.path)],
    [
      'no claim',
      /there is no .*persistentvolumeclaims/,
      ({ objects }) =>
        void [...objects.keys()].filter((key) => key.includes('claims')).map((key) => objects.delete(key)),
    ],
    [
      'a pod that is gone',
      /gone/,
      ({ objects }) => objects.delete(`/api/v1/namespaces/shop/pods/${redis.pod}`),
    ],
    [
      'a volume elsewhere',
      /no folder of a node/,
      (fake) => changeSpec(fake, volumePath, { hostPath: undefined }),
    ],
    [
      'a volume of another claim',
      /another claim/,
      (fake) => changeSpec(fake, volumePath, { claimRef: { namespace: 'shop', name: 'other' } }),
    ],
    [
      'a folder on no volume',
      /on no volume/,
      (fake) =>
        changeSpec(fake, `/api/v1/namespaces/shop/pods/${redis.pod}`, redisWith({ args: ['--dir', '/tmp'] })),
    ],
    [
      'a node that does not run',
      /server-9 does not run|not on server-9/,
      (fake) => changeSpec(fake, `/api/v1/namespaces/shop/pods/${redis.pod}`, { nodeName: 'server-9' }),
    ],
    [
      'a newer file in the manifest',
      /names appendonly.aof.2.incr.aof as the newest/,
      ({ files }) =>
        files.set(
          `${redis.folder}/appendonly.aof.manifest`,
          Buffer.from(
            'file appendonly.aof.1.incr.aof seq 1 type i\nfile appendonly.aof.2.incr.aof seq 2 type i\n',
          ),
        ),
    ],
  ])('says why it could not look: %s', async (_name, why, change) => {
    const fake = redisOnANode(damaged);
    change(fake);
    expect(await collect(fake)).toMatchObject([
      { file: { looked: false, why: expect.stringMatching(why) as string } },
    ]);
  });
});
