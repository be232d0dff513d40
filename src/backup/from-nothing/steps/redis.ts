import { itemsOf } from '../../../harden/fields/fields.ts';
import { at, textAt } from '../../../export/collect/uses.ts';
import type { KubeObject } from '../../../ports/cluster.ts';
import { partsOf, type PartOf } from '../../manifest.ts';
import { keyCount, type RedisInPod } from '../../redis/rdb.ts';
import { restoreRdb } from '../../redis/restore-rdb.ts';
import type { RebuildContext, RebuildStep } from '../context.ts';
import { isReady, podsOf } from '../find-primary.ts';
import { RebuildRefused } from '../read-backup.ts';
import { until } from '../until.ts';

const readyMs = 300_000;
const id = 'redis';

function serverIn(pod: KubeObject): RedisInPod {
  const containers = itemsOf(at(pod, 'spec', 'containers'));
  const named = containers.find(({ name, image }) => /redis|valkey/.test(`${String(name)} ${String(image)}`));
  const container = textAt(named ?? containers[0], 'name') ?? 'redis';
  const { name, namespace = '' } = pod.metadata;
  return { namespace, pod: name, container };
}

async function readyServer(context: RebuildContext, name: string): Promise<RedisInPod> {
  const access = await context.access();
  const { namespace } = context.backup.details;
  const wait = { what: `Redis ${name} ready`, place: `namespace ${namespace}`, deadlineMs: readyMs };
  return until(context, wait, async () => {
    for (const kind of ['StatefulSet', 'Deployment']) {
      const pod = (await podsOf(access, { kind, namespace, name })).find((entry) => isReady(entry));
      if (pod !== undefined) return serverIn(pod);
    }
    return undefined;
  });
}

async function restoreOne(context: RebuildContext, part: PartOf<'redis'>): Promise<string> {
  const { backup, wasBegun } = context;
  const { programs } = await context.access();
  const server = await readyServer(context, part.of.redis);
  const before = await keyCount(programs, server);
  // Keys of an interrupted run of this step are a part of the same copy: they are replaced.
  if (before > 0 && !wasBegun(id))
    throw new RebuildRefused({
      what: `Redis ${part.of.redis} is not restored`,
      cause: `it has ${before} keys already`,
      place: `pod ${server.namespace}/${server.pod}`,
      next: 'Look where they come from; if they are to go, empty it, and run the same command again.',
    });
  const plain = backup.read(part);
  const { copied, there } = await restoreRdb(programs, server, { plain, bytes: part.bytes });
  // Keys whose time is over go meanwhile, and none comes.
  if (there > copied || (copied > 0 && there === 0))
    throw new RebuildRefused({
      what: `Redis ${part.of.redis} is not what was backed up`,
      cause: `it has ${there} keys, and the copy had ${copied}`,
      place: `pod ${server.namespace}/${server.pod}`,
      next: 'Look who writes into it; then run the same command again.',
    });
  return `${part.of.redis}: ${there} keys of ${part.of.keys.join(' to ')}`;
}

/** Gives each Redis what the backup holds of it. */
export const restoreRedis: RebuildStep = {
  id,
  title: 'restore Redis',
  run: async (context) => {
    const told: string[] = [];
    for (const part of partsOf(context.backup.manifest, 'redis')) told.push(await restoreOne(context, part));
    return told.join('; ') || 'the backup holds no Redis';
  },
};
