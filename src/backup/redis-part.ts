import type { PodFacts, WorkloadFacts } from '../domain/observation.ts';
import { hasLabels } from '../domain/pod-selection.ts';
import type { Component } from '../domain/stack.ts';
import type { PodPrograms } from '../ports/pod-programs.ts';
import type { PartToTake } from './create.ts';
import { workloadHint } from './leave-hints.ts';
import { keyCount, rdbOf, type RedisInPod } from './redis/rdb.ts';

/** A Redis of the stack, by its workload. */
export interface NamedRedis {
  readonly kind: string;
  readonly name: string;
  readonly server: RedisInPod;
  /** Its other pods that are ready. */
  readonly others: readonly RedisInPod[];
}

/** The container in which Redis runs: the one that is called like it, else the first. */
function containerOf({ containers }: PodFacts): string {
  const named = containers.find(({ name, image }) => /redis|valkey/.test(`${name} ${image}`));
  return (named ?? containers[0])?.name ?? 'redis';
}

/** The ready pods of each Redis that the stack has, from a fresh look; one without a ready pod is not among them. */
export function redisServers(
  components: readonly Component[],
  workloads: readonly WorkloadFacts[],
  pods: readonly PodFacts[],
): readonly NamedRedis[] {
  return components
    .filter(({ adapter }) => adapter === 'redis')
    .flatMap(({ ref }) => {
      const workload = workloads.find(({ kind, name }) => kind === ref.kind && name === ref.name);
      if (workload === undefined) return [];
      const [server, ...others] = pods
        .filter((pod) => pod.ready && !pod.deleting && hasLabels(pod, workload.selector))
        .map((pod) => ({ namespace: pod.namespace, pod: pod.name, container: containerOf(pod) }));
      return server === undefined ? [] : [{ kind: ref.kind, name: ref.name, server, others }];
    });
}

/** Everything that a Redis holds, as one part of a backup. */
export function redisPart(programs: PodPrograms, { kind, name, server }: NamedRedis): PartToTake {
  return {
    file: `${name}.rdb`,
    title: `Redis ${name}`,
    isOptional: true,
    leaveHint: workloadHint({ kind, name }),
    take: async (store) => {
      const before = await keyCount(programs, server);
      const stored = await store(rdbOf(programs, server));
      const keys: [number, number] = [before, await keyCount(programs, server)];
      return { stored, of: { kind: 'redis', redis: name, pod: server.pod, keys } };
    },
  };
}
