import { hasLabels } from '../domain/pod-selection.ts';
import type { Component, Stack } from '../domain/stack.ts';
import { workloadHint } from './leave-hints.ts';
import type { BackupManifest, LeftOut } from './manifest.ts';
import type { NamedRedis } from './redis-part.ts';

/** A workload that keeps data by other means than files of an application. */
export interface DataKeeper {
  readonly kind: 'database cluster' | 'Redis';
  /** As parts of a backup are called after it. */
  readonly name: string;
  readonly podLabels: Readonly<Record<string, string>>;
  /** Why nothing of it is in the backup; undefined: it has a part. */
  readonly unread: string | undefined;
}

function clusterKeeper(component: Component, databases: Stack['databases']): DataKeeper {
  const { ref, podLabels } = component;
  const known = databases.find(
    ({ cluster, memberLabels }) => cluster === ref.name || hasLabels({ labels: podLabels }, memberLabels),
  );
  const unread = `nobody is known who could ask it: no workload uses a login for it (a Secret of its operator); ${workloadHint(ref)}`;
  return {
    kind: 'database cluster',
    name: known?.cluster ?? ref.name,
    podLabels,
    unread: known === undefined ? unread : undefined,
  };
}

function redisKeeper(component: Component, redis: readonly NamedRedis[]): DataKeeper {
  const { ref, podLabels } = component;
  const isRead = redis.some(({ name }) => name === ref.name);
  const unread = isRead ? undefined : `no pod of it is ready; ${workloadHint(ref)}`;
  return { kind: 'Redis', name: ref.name, podLabels, unread };
}

/** Every workload of the stack that keeps data, and which of them a backup cannot have. Pure. */
export function dataKeepers(
  { components, databases }: Pick<Stack, 'components' | 'databases'>,
  redis: readonly NamedRedis[],
): readonly DataKeeper[] {
  return components.flatMap((component) => {
    if (component.adapter === 'patroni') return [clusterKeeper(component, databases)];
    return component.adapter === 'redis' ? [redisKeeper(component, redis)] : [];
  });
}

/** Whose pod or claim this is, by its labels; a StatefulSet gives its claims those of its pods. */
export function keeperOf(
  keepers: readonly DataKeeper[],
  labels: Readonly<Record<string, string>>,
): DataKeeper | undefined {
  return keepers.find(({ podLabels }) => hasLabels({ labels }, podLabels));
}

/** Those of which nothing can be had. */
export function unreadKeepers(keepers: readonly DataKeeper[]): readonly LeftOut[] {
  return keepers.flatMap(({ kind, name, unread }) =>
    unread === undefined ? [] : [{ what: `${kind} ${name}`, why: unread, isMissing: true }],
  );
}

/** What the manifest says that the stack has: these clusters, which can be read, and what is known by its workload alone. */
export function expectedOf(
  keepers: readonly DataKeeper[],
  clusters: Iterable<string>,
): NonNullable<BackupManifest['expected']> {
  const named = (wanted: DataKeeper['kind']): readonly string[] =>
    keepers.flatMap(({ kind, name }) => (kind === wanted ? [name] : []));
  const all = new Set([...clusters, ...named('database cluster')]);
  return { databaseClusters: [...all], redis: [...named('Redis')] };
}
