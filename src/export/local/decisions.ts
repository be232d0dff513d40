import { refText } from '../../domain/object-ref.ts';
import { isFields, itemsOf } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { isCarried } from '../folder/manifest-text.ts';
import { refOf } from '../choose.ts';
import { at, bindsAccountsOf, podSpecOf, textAt } from '../collect/uses.ts';

/** Something in the base that fits this cluster, and that only a person can replace. */
export interface Decision {
  readonly object: string;
  readonly what: string;
}

type Find = (object: KubeObject, namespace: string) => readonly string[];

const volumes: Find = (object) =>
  itemsOf(podSpecOf(object)?.['volumes']).flatMap((volume) => {
    const name = String(volume['name']);
    const path = textAt(volume, 'hostPath', 'path');
    if (path !== undefined)
      return [`volume ${name} is the folder ${path} of the node that a pod happens to run on`];
    return volume['emptyDir'] === undefined || isInMemory(volume['emptyDir'])
      ? []
      : [
          `volume ${name} is an emptyDir: what is in it goes with its pod, and is in no export or backup of the database`,
        ];
  });

const isInMemory = (volume: unknown) => isFields(volume) && volume['medium'] === 'Memory';

const hostNetwork: Find = (object) =>
  podSpecOf(object)?.['hostNetwork'] === true ? ['its pods use the network of their node'] : [];

const localName = /\.(local|localhost|test|internal)$/;

const hosts: Find = (object) => {
  if (object.kind !== 'Ingress') return [];
  const named = itemsOf(at(object, 'spec', 'rules')).flatMap((rule) => textAt(rule, 'host') ?? []);
  return named
    .filter((host) => localName.test(host))
    .map((host) => `host ${host} is a name of this machine or network`);
};

const sealed: Find = ({ kind }) =>
  kind === 'SealedSecret'
    ? ['it is sealed for the key of this cluster: take that key along, or seal it anew']
    : [];

const subjects: Find = (object, namespace) => {
  if (object.kind !== 'ClusterRoleBinding') return [];
  const strangers = itemsOf(object['subjects']).filter(
    (subject) => !bindsAccountsOf(namespace, { subjects: [subject] }),
  );
  const names = strangers.map(({ kind, name }) => `${String(kind)} ${String(name)}`);
  return names.length === 0 ? [] : [`it gives rights to others as well: ${names.join(', ')}`];
};

const claims: Find = (object) =>
  object.kind === 'PersistentVolumeClaim'
    ? ['a new claim is empty: what is in this one has to be brought there']
    : [];

const odd: Find = (object) =>
  isCarried(object)
    ? []
    : [
        'kustomize cannot carry the control characters in it: apply its file by itself, with kubectl apply -f',
      ];

const find: readonly Find[] = [odd, volumes, hostNetwork, hosts, sealed, subjects, claims];

/** What of the chosen objects fits this cluster and stays in the base, because only a person knows what shall stand there. */
export function decisions(objects: readonly KubeObject[], namespace: string): readonly Decision[] {
  return objects.flatMap((object) =>
    find.flatMap((one) => one(object, namespace)).map((what) => ({ object: refText(refOf(object)), what })),
  );
}

/** Every image that the objects run, in order. */
export function imagesOf(objects: readonly KubeObject[]): readonly string[] {
  const images = objects.flatMap((object) => {
    const spec = podSpecOf(object);
    const named = ['initContainers', 'containers'].flatMap((list) =>
      itemsOf(spec?.[list]).flatMap((container) => textAt(container, 'image') ?? []),
    );
    const own = object.kind === 'postgresql' ? [textAt(object, 'spec', 'dockerImage')] : [];
    return [...named, ...own.filter((image) => image !== undefined)];
  });
  return [...new Set(images)].sort();
}
