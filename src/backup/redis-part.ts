import type { PodFacts, WorkloadFacts } from '../domain/observation.ts';
import { hasLabels } from '../domain/pod-selection.ts';
import type { Component } from '../domain/stack.ts';
import type { PodPrograms } from '../ports/pod-programs.ts';
import type { PartToTake } from './create.ts';
import { keyCount, rdbOf, type RedisInPod } from './redis/rdb.ts';

/** A Redis of the stack, by the name of its workload. */
export interface NamedRedis {
  readonly name: string;
  readonly server: RedisInPod;
}

/** The container in which Redis runs: the one that is called like it, else the first. */
function containerOf({ containers }: PodFacts): string {
  const named = containers.find(({ name, image }) => /redis|valkey/.test(`${name} ${image}`));
  return (named ?? containers[0])?.name ?? 'redis';
}

/** Every Redis of the stack, by the name of its workload. */
export function redisNames(components: readonly Component[]): string[] {
  return components.filter(({ adapter }) => adapter === 'redis').map(({ ref }) => ref.name);
}

/** A ready pod of each Redis that the stack has, from a fresh look. One without a ready pod cannot be read and is left out. */
export function redisServers(
  components: readonly Component[],
  workloads: readonly WorkloadFacts[],
  pods: readonly PodFacts[],
): readonly NamedRedis[] {
  return components
    .filter(({ adapter }) => adapter === 'redis')
    .flatMap(({ ref }) => {
      const workload = workloads.find(({ kind, name }) => kind === ref.kind && name === ref.name);
      const pod =
        workload &&
        pods.find((entry) => entry.ready && !entry.deleting && hasLabels(entry, workload.selector));
      if (pod === undefined) return [];
      const server = { namespace: pod.namespace, pod: pod.name, container: containerOf(pod) };
      return [{ name: ref.name, server }];
    });
}

/** Everything that a Redis holds, as one part of a backup. */
export function redisPart(programs: PodPrograms, { name, server }: NamedRedis): PartToTake {
  return {
    file: `${name}.rdb`,
    title: `Redis ${name}`,
    isOptional: true,
    take: async (store) => {
      const before = await keyCount(programs, server);
      const stored = await store(rdbOf(programs, server));
      const keys: [number, number] = [before, await keyCount(programs, server)];
      return { stored, of: { kind: 'redis', redis: name, pod: server.pod, keys } };
    },
  };
}
