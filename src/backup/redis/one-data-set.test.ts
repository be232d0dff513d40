import { expect, test } from 'vitest';

import { scriptedPrograms, type Scripted } from '../../../test/fakes/scripted-programs.ts';
import { oneDataSet } from './one-data-set.ts';

const inPod = (pod: string) => ({ namespace: 'shop', pod, container: 'redis' });
const redis = {
  kind: 'StatefulSet',
  name: 'redis',
  server: inPod('redis-0'),
  others: [inPod('redis-1'), inPod('redis-2')],
};

/** What `INFO replication` says, as far as it matters. */
const info = (role: string, id: string): Scripted => ({
  output: `# Replication\r\nrole:${role}\r\nconnected_slaves:0\r\nmaster_replid:${id}\r\nmaster_replid2:0\r\n`,
});

function chosen(...said: readonly Scripted[]) {
  const programs = scriptedPrograms(({ pod }) => said[Number(pod.at(-1))]);
  return oneDataSet(programs, redis);
}

test('the primary is copied, and its replicas hold the same', async () => {
  const found = await chosen(info('slave', 'a1'), info('master', 'a1'), info('slave', 'a1'));
  expect(found).toMatchObject({ redis: { name: 'redis', server: { pod: 'redis-1' } }, leftOut: [] });
});

test('what pods hold that do not replicate it is missing', async () => {
  const { redis: copied, leftOut } = await chosen(info('master', 'a1'), info('master', 'b2'), {
    code: 1,
    complaint: 'NOAUTH Authentication required',
  });
  expect(copied.server.pod).toBe('redis-0');
  expect(leftOut).toEqual([
    {
      what: 'what pod redis-1 of Redis redis holds',
      why: 'it does not replicate redis-0, which is copied',
      isMissing: true,
    },
    {
      what: 'what pod redis-2 of Redis redis holds',
      why: expect.stringMatching(/^it did not say whether it replicates redis-0, .*NOAUTH/),
      isMissing: true,
    },
  ]);
});

test('one with a single pod is not even asked', async () => {
  const alone = { ...redis, others: [] };
  const programs = scriptedPrograms(() => ({ code: 1, complaint: 'x' }));
  expect(await oneDataSet(programs, alone)).toEqual({ redis: alone, leftOut: [] });
});
