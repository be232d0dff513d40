import type { ObjectRef } from '../../domain/object-ref.ts';
import { allContainers, type ContainerSpec, type PodSpec, type VolumeSpec } from '../world/pod-spec.ts';
import type { Workload } from '../world/workload.ts';
import { podField } from './subjects.ts';

/** A ConfigMap or Secret that pods name. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Undefined: all of its keys. */
  readonly key: string | undefined;
  /** The pod starts without it. */
  readonly isOptional: boolean;
  /** Only for fetching images: a node that has them does not need it. */
  readonly isForImages?: true;
  readonly field: string;
}

type Optional = { readonly optional?: boolean | null | undefined };
type Named = Optional & { readonly name: string; readonly key?: string };

/** The reference, where there is one. */
function named(kind: Reference['kind'], ref: Named | null | undefined, field: string): readonly Reference[] {
  if (ref === null || ref === undefined) return [];
  return [{ kind, name: ref.name, key: ref.key, isOptional: ref.optional === true, field }];
}

function ofVariables(container: string, env: ContainerSpec['env'], field: string): readonly Reference[] {
  return env.flatMap(({ name, valueFrom }) => {
    const place = `${field}.containers[${container}].env[${name}]`;
    const map = named('ConfigMap', valueFrom?.configMapKeyRef, place);
    return map.concat(named('Secret', valueFrom?.secretKeyRef, place));
  });
}

function ofWhole(container: string, envFrom: ContainerSpec['envFrom'], field: string): readonly Reference[] {
  return envFrom.flatMap(({ configMapRef, secretRef }) => {
    const place = `${field}.containers[${container}].envFrom`;
    return named('ConfigMap', configMapRef, place).concat(named('Secret', secretRef, place));
  });
}

function fromEnvironment(pod: PodSpec, field: string): readonly Reference[] {
  return allContainers(pod).flatMap(({ name, env, envFrom }) =>
    ofVariables(name, env, field).concat(ofWhole(name, envFrom, field)),
  );
}

interface Source extends Optional {
  readonly items: readonly { readonly key: string }[];
}

/** A whole volume, or only the keys that it names. */
function keysOf({ items }: Source): readonly (string | undefined)[] {
  return items.length === 0 ? [undefined] : items.map(({ key }) => key);
}

function fromVolume({ name, configMap, secret, projected }: VolumeSpec, field: string): readonly Reference[] {
  const place = `${field}.volumes[${name}]`;
  const refs = (kind: Reference['kind'], whole: string, source: Source): readonly Reference[] =>
    keysOf(source).map((key) => ({
      kind,
      name: whole,
      key,
      isOptional: source.optional === true,
      field: place,
    }));
  return [
    ...(configMap ? refs('ConfigMap', configMap.name, configMap) : []),
    ...(secret ? refs('Secret', secret.secretName, secret) : []),
    ...(projected?.sources ?? []).flatMap(({ configMap: map, secret: hidden }) =>
      (map ? refs('ConfigMap', map.name, map) : []).concat(hidden ? refs('Secret', hidden.name, hidden) : []),
    ),
  ];
}

/** ConfigMaps and Secrets that the pods of a workload need or may use. */
export function referencesOf(workload: Pick<Workload, 'kind' | 'pod'>): readonly Reference[] {
  const { pod } = workload;
  const field = podField(workload);
  return [
    ...fromEnvironment(pod, field),
    ...pod.volumes.flatMap((volume) => fromVolume(volume, field)),
    ...pod.imagePullSecrets.map(({ name }) => ({
      kind: 'Secret' as const,
      name,
      key: undefined,
      isOptional: false,
      isForImages: true as const,
      field: `${field}.imagePullSecrets`,
    })),
  ].filter(({ name }) => name !== '');
}

/** The object that a reference means. */
export function meant({ kind, name }: Reference, { namespace }: ObjectRef): ObjectRef {
  return { kind, name, ...(namespace !== undefined && { namespace }) };
}
