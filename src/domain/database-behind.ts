import type { DatabaseComponent, PoolerComponent, Stack } from './stack.ts';

/**
 * The database that a pooler leads to: the one that is known to be, else the only one of its namespace. Undefined where
 * several could be: a password that belongs to one of them would be tried, and set, on another.
 */
export function databaseBehind(
  { namespace, cluster }: Pick<PoolerComponent, 'namespace' | 'cluster'>,
  { databases }: Pick<Stack, 'databases'>,
): DatabaseComponent | undefined {
  const near = databases.filter((database) => database.namespace === namespace);
  if (cluster !== undefined) return near.find((database) => database.cluster === cluster);
  return near.length === 1 ? near[0] : undefined;
}
