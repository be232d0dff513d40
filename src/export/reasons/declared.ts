import { fieldManagers } from '../../harden/fields/managed-fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { lastApplied } from '../strip/asked.ts';

/** Names under which programs that people use write objects (kubernetes.io, Server-Side Apply, Managers). */
const ofPeople =
  /^(kubectl|helm|kustomize|argocd|flux|terraform|OpenTofu|pulumi|rekindle|ansible|skaffold|tilt|k9s|Lens|Mozilla)/i;

/** The programs that wrote the object, apart from its status. */
export function writersOf(object: KubeObject): readonly string[] {
  return fieldManagers(object).map(({ manager }) => manager);
}

/** Whether a person, or a program that applies a person's files, is known to have written the object. */
export function isDeclared(object: KubeObject): boolean {
  return lastApplied(object) !== undefined || writersOf(object).some((writer) => ofPeople.test(writer));
}

/** Whether nobody but these programs has written it; false where nobody is named. */
export function isWrittenOnlyBy(object: KubeObject, programs: RegExp): boolean {
  const writers = writersOf(object);
  return writers.length > 0 && writers.every((writer) => programs.test(writer));
}
