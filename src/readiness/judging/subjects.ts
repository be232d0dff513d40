import type { Draft } from '../define-check.ts';
import { allContainers, longRunning, type ContainerSpec } from '../world/pod-spec.ts';
import type { Workload } from '../world/workload.ts';
import type { World } from '../world/world.ts';
import { serving } from '../world/relations.ts';

/** A container of a workload. */
export interface Subject {
  readonly world: World;
  readonly workload: Workload;
  readonly container: ContainerSpec;
}

type Judge = (subject: Subject) => Draft | undefined | readonly Draft[];

/** Every container that runs as long as its pod, of workloads that are meant to stay up. */
export function servingSubjects(world: World): readonly Subject[] {
  return serving(world).flatMap((workload) =>
    longRunning(workload.pod).map((container) => ({ world, workload, container })),
  );
}

/** Judges every container that runs as long as its pod, of workloads that are meant to stay up. */
export function eachServing(world: World, judge: Judge): readonly Draft[] {
  return servingSubjects(world).flatMap((subject) => judge(subject) ?? []);
}

/** Judges every container, also those of Jobs and those that only prepare a pod. */
export function eachContainer(world: World, judge: Judge): readonly Draft[] {
  return world.workloads.flatMap((workload) =>
    allContainers(workload.pod).flatMap((container) => judge({ world, workload, container }) ?? []),
  );
}

/** `spec.template.spec.containers[django].image`: where in the object a field of a container is. */
export function fieldOf({ workload, container }: Subject, field: string): string {
  const list = workload.pod.initContainers.includes(container) ? 'initContainers' : 'containers';
  return `${podField(workload)}.${list}[${container.name}].${field}`;
}

/** Where in the object the specification of its pods is. */
export function podField({ kind }: Pick<Workload, 'kind'>): string {
  if (kind === 'Pod') return 'spec';
  return kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec';
}

/** `1 pod`, `3 pods`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
