import type { Evidence } from '../domain/finding.ts';
import { refText, type ObjectRef } from '../domain/object-ref.ts';
import type { HardenInventory, HardenWorkload } from './inventory.ts';

/** The object of a workload. */
export function refOf({
  kind,
  namespace,
  name,
}: Pick<HardenWorkload, 'kind' | 'namespace' | 'name'>): ObjectRef {
  return { kind, namespace, name };
}

/** One fact behind a measure, seen at the time of the inventory. */
export function fact(
  { at }: Pick<HardenInventory, 'at'>,
  object: ObjectRef,
  field: string,
  value: string,
): Evidence {
  return { object: refText(object), field, value, at };
}

/** Seconds as people say them: whole ones. */
export function wholeSeconds(seconds: number): string {
  return `${Math.ceil(seconds)} s`;
}

/** What changes the pod template of a workload, and how many pods that makes anew. */
export function templatePatch(
  { replicas }: Pick<HardenWorkload, 'replicas'>,
  spec: Readonly<Record<string, unknown>>,
): { readonly by: 'patch'; readonly patch: Readonly<Record<string, unknown>>; readonly restarts: number } {
  return { by: 'patch', patch: { spec: { template: { spec } } }, restarts: replicas };
}

/** Why a change of an object that somebody else writes would not last. */
export function writtenBy(writer: string): string {
  return `${writer} writes this object and would write over a change`;
}
