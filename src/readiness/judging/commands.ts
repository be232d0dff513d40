import type { ObjectRef } from '../../domain/object-ref.ts';

/** `deployment/django`, as kubectl takes it. */
export function target({ kind, name }: ObjectRef): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** A kubectl command line in the namespace of an object. */
export function kubectl({ namespace }: ObjectRef, words: string): string {
  return namespace === undefined ? `kubectl ${words}` : `kubectl -n ${namespace} ${words}`;
}

/** A patch of an object as one command; `patch` is what `--type=strategic` takes. */
export function patch(ref: ObjectRef, fields: Readonly<Record<string, unknown>>): string {
  return kubectl(ref, `patch ${target(ref)} --patch '${JSON.stringify(fields)}'`);
}

/** A patch of the pods that a workload makes; they are made anew. */
export function patchPods(ref: ObjectRef, fields: Readonly<Record<string, unknown>>): string {
  const template = { spec: { template: { spec: fields } } };
  return ref.kind === 'CronJob' ? patch(ref, { spec: { jobTemplate: template } }) : patch(ref, template);
}

/** Opens the object in the user's editor, where no single command can know the right value. */
export function edit(ref: ObjectRef): string {
  return kubectl(ref, `edit ${target(ref)}`);
}

/**
 * Writes the patches of a measure of `rekindle harden` for one's own manifests, each measure into a folder of its own: nearly always
 * somebody has set these fields already, and what others have set `--apply` does not change. No command for kinds that it does not judge.
 */
export function hardenPatches(measure: 'readiness' | 'disruption-budget', { kind }: ObjectRef) {
  const isJudged = ['Deployment', 'StatefulSet', 'PodDisruptionBudget'].includes(kind);
  return isJudged ? { command: `rekindle harden --output ./harden-${measure} --only ${measure}` } : {};
}
