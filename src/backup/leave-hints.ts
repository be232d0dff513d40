import type { ObjectRef } from '../domain/object-ref.ts';

/** How somebody says that the files of a claim are not wanted. */
export function claimHint(claim: string): string {
  return `where nobody needs them: backup: { volumes: { leave: [${claim}] } } in rekindle.yaml`;
}

/** How somebody says that a workload keeps nothing that is worth a backup. */
export function workloadHint({ kind, name }: Pick<ObjectRef, 'kind' | 'name'>): string {
  return `where it keeps nothing that is needed: components: [{ ref: { kind: ${kind}, name: ${name} }, adapter: workload }] in rekindle.yaml`;
}
