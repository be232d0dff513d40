import type { PodPrograms } from '../../ports/pod-programs.ts';
import { causeText } from '../../record/explained-error.ts';
import { isAboutThePart } from '../about-the-part.ts';
import type { LeftOut } from '../manifest.ts';
import type { NamedRedis } from '../redis-part.ts';
import { replicationOf, type RedisInPod, type Replication } from './rdb.ts';

interface Asked {
  readonly server: RedisInPod;
  /** Or why it did not say. */
  readonly said: Replication | string;
}

async function ask(programs: PodPrograms, server: RedisInPod): Promise<Asked> {
  try {
    return { server, said: await replicationOf(programs, server) };
  } catch (error) {
    if (!isAboutThePart(error)) throw error;
    return { server, said: causeText(error) };
  }
}

const idOf = ({ said }: Asked): string | undefined => (typeof said === 'string' ? undefined : said.id);

/**
 * Of a Redis with several pods one is copied: its primary, where one says that it is. Pods that replicate it hold the same; what others
 * hold (of a cluster of shards, for example) is told to be missing. Throws what starting a program throws.
 */
export async function oneDataSet(
  programs: PodPrograms,
  redis: NamedRedis,
): Promise<{ readonly redis: NamedRedis; readonly leftOut: readonly LeftOut[] }> {
  const { name, server, others } = redis;
  if (others.length === 0) return { redis, leftOut: [] };
  const asked: Asked[] = [];
  for (const one of [server, ...others]) asked.push(await ask(programs, one));
  const isPrimary = ({ said }: Asked): boolean => typeof said !== 'string' && said.isPrimary;
  const chosen = asked.find(isPrimary) ??
    asked.find((one) => idOf(one) !== undefined) ?? { server, said: '' };
  const elsewhere = asked.filter((one) => one.server !== chosen.server && (idOf(one) ?? '') !== idOf(chosen));
  return {
    redis: { ...redis, server: chosen.server },
    leftOut: elsewhere.map(({ server: { pod }, said }) => ({
      what: `what pod ${pod} of Redis ${name} holds`,
      why:
        typeof said === 'string'
          ? `it did not say whether it replicates ${chosen.server.pod}, which is copied: ${said}`
          : `it does not replicate ${chosen.server.pod}, which is copied`,
      isMissing: true,
    })),
  };
}
