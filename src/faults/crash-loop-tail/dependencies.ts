import { databaseBehind } from '../../domain/database-behind.ts';
import { seen } from '../../domain/looked.ts';
import type { Observation } from '../../domain/observation.ts';
import { takesWrites } from '../../domain/takes-writes.ts';
import { hasLabels, isFresh } from '../../domain/pod-selection.ts';
import type { Component, Stack } from '../../domain/stack.ts';

/** What a process says that died because a name had no address (nginx, glibc, musl, Python, libpq). */
const nameFailure =
  /host not found in upstream|could not be resolved|name or service not known|temporary failure in name resolution|could not translate host name|name does not resolve|no such host/i;

/** Whether these last words blame the cluster DNS. */
export function diedOfNameResolution(lines: string): boolean {
  return nameFailure.test(lines);
}

/** Whether a database or pooler is asked at all: how to log in is not known of one that nobody told about. */
function isAsked({ adapter, ref: { name } }: Component, stack: Stack): boolean {
  if (adapter === 'patroni') return stack.databases.some(({ cluster }) => cluster === name);
  if (adapter !== 'pgbouncer') return false;
  return stack.poolers.some((entry) => entry.name === name && databaseBehind(entry, stack) !== undefined);
}

/** Whether a login to it was seen to work. */
function takesLogins({ adapter, ref: { name } }: Component, observation: Observation): boolean {
  if (adapter === 'patroni')
    return takesWrites(seen(observation.databases)?.find((entry) => entry.cluster === name));
  const poolers = (seen(observation.poolers) ?? []).filter((entry) => entry.pooler === name);
  return poolers.some((entry) => entry.login.result === 'ok');
}

/** By a login where one can be tried, else by its own word that it is ready since the boot. */
function works(component: Component, stack: Stack, observation: Observation): boolean {
  if (isAsked(component, stack)) return takesLogins(component, observation);
  const containers = seen(observation.containers);
  return (seen(observation.pods) ?? []).some(
    (pod) => hasLabels(pod, component.podLabels) && pod.ready && isFresh(pod, containers),
  );
}

/** Names of the component's dependencies that are not proven to work in this observation. */
export function unprovenDependencies(
  component: Component,
  stack: Stack,
  observation: Observation,
): readonly string[] {
  return component.dependsOn.filter((name) => {
    const dependency = stack.components.find((entry) => `${entry.ref.kind}/${entry.ref.name}` === name);
    return dependency === undefined || !works(dependency, stack, observation);
  });
}
