import { refText, type ObjectRef } from '../domain/object-ref.ts';
import { itemsOf } from '../harden/fields/fields.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { at, bindsAccountsOf, textAt } from './collect/uses.ts';
import type { Comes, Surroundings } from './reasons/define-reason.ts';
import { reasons } from './reasons/index.ts';
import { isOfOperator } from './reasons/made-by-the-operator.ts';
import { annotationOf, labelOf } from './reasons/define-reason.ts';
import type { Snapshot } from './snapshot.ts';

/** An object that is not in the export, and why. */
export interface LeftOut {
  readonly object: ObjectRef;
  /** Name of the reason, for programs. */
  readonly reason: string;
  readonly comes: Comes;
  readonly why: string;
}

/** What an export holds. */
export interface Choice {
  /** Objects that make the stack, without Secrets. */
  readonly wanted: readonly KubeObject[];
  /** Objects that belong to a cluster like this one only: storage classes, volumes on its nodes. */
  readonly local: readonly KubeObject[];
  readonly secrets: readonly ChosenSecret[];
  readonly leftOut: readonly LeftOut[];
}

/** A Secret that is exported without its values in plain. */
export interface ChosenSecret {
  readonly object: KubeObject;
  /** Whether the database's operator would make one with another password if it were not there. */
  readonly isOfOperator: boolean;
}

/** The object as shown to people. */
export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return { kind: object.kind ?? '?', name, ...(namespace !== undefined && { namespace }) };
}

/** The operator's database clusters; undefined: its resources could not be read, and its objects are known by other marks. */
function databasesOf({ objects, missing }: Snapshot): ReadonlySet<string> | undefined {
  const isUnread = missing.some(({ kind, group }) => kind === 'postgresql' || group === 'acid.zalan.do');
  const named = objects.flatMap(({ kind, metadata }) => (kind === 'postgresql' ? [metadata.name] : []));
  return isUnread ? undefined : new Set(named);
}

function surroundings(snapshot: Snapshot): Surroundings {
  const { objects } = snapshot;
  const byRef = new Map(objects.map((object) => [`${object.kind ?? ''} ${object.metadata.name}`, object]));
  return {
    objects,
    databases: databasesOf(snapshot),
    find: (kind, name) => byRef.get(`${kind} ${name}`),
  };
}

function leftOutBy(object: KubeObject, around: Surroundings): LeftOut | undefined {
  for (const { name, comes, why } of reasons) {
    const found = why(object, around);
    if (found !== undefined) return { object: refOf(object), reason: name, comes, why: found };
  }
  return undefined;
}

const byHand = (object: KubeObject, reason: string, why: string): LeftOut => ({
  object: refOf(object),
  reason,
  comes: 'by-hand',
  why,
});

const anew = (object: KubeObject, reason: string, why: string): LeftOut => ({
  ...byHand(object, reason, why),
  comes: 'anew',
});

const notOurs = (object: KubeObject, reason: string, why: string): LeftOut => ({
  ...byHand(object, reason, why),
  comes: 'not-ours',
});

/** Roles that Kubernetes brings (kubernetes.io, Default roles and role bindings). */
const isBuiltIn = (object: KubeObject) => labelOf(object, 'kubernetes.io/bootstrapping') !== undefined;

/** What k3s deploys from the files of its server: storage classes, its Traefik. */
function isOfDistribution(object: KubeObject): boolean {
  return (
    annotationOf(object, 'objectset.rio.cattle.io/owner-gvk') !== undefined ||
    annotationOf(object, 'meta.helm.sh/release-namespace') === 'kube-system'
  );
}

/** Whether a provisioner made the volume for a claim (kubernetes.io, Dynamic Volume Provisioning). */
function isProvisioned(volume: KubeObject): boolean {
  return annotationOf(volume, 'pv.kubernetes.io/provisioned-by') !== undefined;
}

function isNamedBy(role: KubeObject, bindings: readonly KubeObject[]): boolean {
  return bindings.some(
    (binding) =>
      at(binding, 'roleRef', 'kind') === 'ClusterRole' &&
      textAt(binding, 'roleRef', 'name') === role.metadata.name,
  );
}

/** Kinds of which each cluster has its own. */
const classes = new Set(['StorageClass', 'IngressClass', 'RuntimeClass']);

function leftOutAround(object: KubeObject, bindings: readonly KubeObject[]): LeftOut | undefined {
  if (isBuiltIn(object)) return anew(object, 'made-by-the-cluster', 'every cluster has it');
  if (classes.has(object.kind ?? '') && isOfDistribution(object))
    return anew(object, 'made-by-the-cluster', 'k3s brings it');
  if (object.kind === 'PersistentVolume' && isProvisioned(object))
    return anew(object, 'made-by-the-cluster', 'a provisioner makes one for each claim');
  if (object.kind === 'ClusterRole' && !isNamedBy(object, bindings))
    return anew(object, 'not-used', 'only what is left out uses it');
  if (object.metadata.ownerReferences?.some(({ controller }) => controller === true))
    return anew(object, 'made-by-its-owner', 'its owner makes it');
  return undefined;
}

/** The namespace of the service that answers for an object of the whole cluster: of a webhook, of an API. */
function serviceOf(object: KubeObject): string | undefined {
  const references = [object, ...itemsOf(object['webhooks'])].flatMap((part) => [
    textAt(part, 'spec', 'service', 'namespace'),
    textAt(part, 'clientConfig', 'service', 'namespace'),
  ]);
  return references.find((namespace) => namespace !== undefined);
}

function leftOutApart(object: KubeObject): LeftOut {
  if (isBuiltIn(object) || isOfDistribution(object))
    return anew(object, 'made-by-the-cluster', 'every cluster of this sort has it');
  const service = serviceOf(object);
  return service === undefined
    ? byHand(
        object,
        'of-the-whole-cluster',
        'it belongs to the whole cluster and does not name this namespace',
      )
    : notOurs(object, 'of-another-namespace', `it belongs to what runs in namespace ${service}`);
}

interface Sorted {
  readonly in: readonly KubeObject[];
  readonly out: readonly LeftOut[];
}

function sorted(objects: readonly KubeObject[], judge: (object: KubeObject) => LeftOut | undefined): Sorted {
  const judged = objects.map((object) => ({ object, out: judge(object) }));
  return {
    in: judged.flatMap(({ object, out }) => (out === undefined ? [object] : [])),
    out: judged.flatMap(({ out }) => out ?? []),
  };
}

/** A binding of another namespace, and what it gives. */
function elsewhereText(namespace: string, binding: KubeObject): string {
  const accounts = itemsOf(binding['subjects'])
    .filter((subject) => bindsAccountsOf(namespace, { subjects: [subject] }))
    .map(({ name }) => String(name));
  return `it is of another namespace and gives rights to ${accounts.join(', ')} of this one: the new cluster needs it too`;
}

const isLocal = ({ kind = '' }: KubeObject) => classes.has(kind) || kind === 'PersistentVolume';

/** Whether it is a Secret of Kubernetes itself. */
export function isSecret({ kind, apiVersion }: KubeObject): boolean {
  return kind === 'Secret' && apiVersion === 'v1';
}

/** Decides what makes the stack, what does not and why; every object that was read is in one of the two. Pure. */
export function choose(snapshot: Snapshot): Choice {
  const { namespace, space, objects, around, apart, elsewhere } = snapshot;
  const near = surroundings(snapshot);
  const own = sorted(objects, (object) => leftOutBy(object, near));
  const bindings = [...own.in, ...around].filter(({ kind }) => kind?.endsWith('RoleBinding'));
  const outer = sorted(around, (object) => leftOutAround(object, bindings));
  const isDefault = namespace === 'default';
  return {
    wanted: [
      ...(space === undefined || isDefault ? [] : [space]),
      ...own.in.filter((object) => !isSecret(object)),
      ...outer.in.filter((object) => !isLocal(object)),
    ],
    local: outer.in.filter((object) => isLocal(object)),
    secrets: own.in.filter(isSecret).map((object) => ({ object, isOfOperator: isOfOperator(object, near) })),
    leftOut: [
      ...own.out,
      ...outer.out,
      ...apart.flatMap((object) => leftOutApart(object) ?? []),
      ...elsewhere.map((binding) =>
        byHand(binding, 'of-another-namespace', elsewhereText(namespace, binding)),
      ),
    ].sort((a, b) => (refText(a.object) < refText(b.object) ? -1 : 1)),
  };
}
