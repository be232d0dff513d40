import type { Layer } from '../domain/finding.ts';
import type { WorkloadFacts } from '../domain/observation.ts';
import type { Component, Stack } from '../domain/stack.ts';

const layerOf: Readonly<Partial<Record<Component['adapter'], Layer>>> = {
  patroni: 'database',
  pgbouncer: 'pooler',
  redis: 'cache',
  edge: 'edge',
};

/** The layer that a workload belongs to by what discovery took it for; `app` when it is no known part of the stack. */
export function workloadLayer({ kind, name }: Pick<WorkloadFacts, 'kind' | 'name'>, stack: Stack): Layer {
  const component = stack.components.find((entry) => entry.ref.kind === kind && entry.ref.name === name);
  return (component && layerOf[component.adapter]) ?? 'app';
}
