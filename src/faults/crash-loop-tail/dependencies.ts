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

function works(component: Component, observation: Observation): boolean {
  if (component.adapter === 'patroni') {
    const database = seen(observation.databases)?.find((entry) => entry.cluster === component.ref.name);
    return takesWrites(database);
  }
  if (component.adapter === 'pgbouncer') {
    const poolers = (seen(observation.poolers) ?? []).filter((entry) => entry.pooler === component.ref.name);
    return poolers.some((entry) => entry.login.result === 'ok');
  }
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
    return dependency === undefined || !works(dependency, observation);
  });
}
