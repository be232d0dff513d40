import { isFields, itemsOf, type Fields } from '../../harden/fields/fields.ts';
import { at, podSpecOf, podSpecPath } from '../collect/uses.ts';
import type { FieldPath, FindLocal, LocalField } from './local-field.ts';

const field = (why: string, ...path: FieldPath): LocalField => ({ path, why });

const storageWhy =
  'a storage class whose volumes are folders of one node; without it the class that the cluster has as its default';

/** Storage classes in claims, in templates of claims, and in database clusters. */
const storage: FindLocal = (object, { storage: local }) => {
  const isLocal = (name: unknown) => typeof name === 'string' && local.has(name);
  switch (object['kind']) {
    case 'PersistentVolumeClaim':
      return isLocal(at(object, 'spec', 'storageClassName'))
        ? [field(storageWhy, 'spec', 'storageClassName')]
        : [];
    case 'StatefulSet':
      return itemsOf(at(object, 'spec', 'volumeClaimTemplates')).flatMap((claim, index) =>
        isLocal(at(claim, 'spec', 'storageClassName'))
          ? [field(storageWhy, 'spec', 'volumeClaimTemplates', index, 'spec', 'storageClassName')]
          : [],
      );
    case 'postgresql':
      return isLocal(at(object, 'spec', 'volume', 'storageClass'))
        ? [field(storageWhy, 'spec', 'volume', 'storageClass')]
        : [];
    default:
      return [];
  }
};

const nodePortWhy =
  "the way in through a port of the nodes, to which the local cluster's load balancer leads; elsewhere an Ingress or a load balancer of the cloud";

/** A Service that is reached through a port of the nodes, and addresses of this network. */
const service: FindLocal = (object) => {
  const spec = object['spec'];
  if (object['kind'] !== 'Service' || object['apiVersion'] !== 'v1' || !isFields(spec)) return [];
  const isNodePort = spec['type'] === 'NodePort';
  const ports = itemsOf(spec['ports']).flatMap((port, index) =>
    port['nodePort'] === undefined ? [] : [field(nodePortWhy, 'spec', 'ports', index, 'nodePort')],
  );
  const addresses = ['externalIPs', 'loadBalancerIP', 'clusterIPs', 'clusterIP'].filter(
    (name) => spec[name] !== undefined && spec[name] !== 'None' && !isHeadless(spec, name),
  );
  return [
    ...(isNodePort ? [field(nodePortWhy, 'spec', 'type')] : []),
    // Only a Service that is reached from outside may have one.
    ...(isNodePort && spec['externalTrafficPolicy'] !== undefined
      ? [field(nodePortWhy, 'spec', 'externalTrafficPolicy')]
      : []),
    ...ports,
    ...addresses.map((name) => field('an address of this network', 'spec', name)),
  ];
};

const isHeadless = (spec: Fields, name: string) => name === 'clusterIPs' && spec['clusterIP'] === 'None';

const nodeWhy = 'a node of this cluster by its name';

/** Ports of the node, and nodes by name, in the pods of a workload. */
const pods: FindLocal = (object) => {
  const path = podSpecPath(object['kind']) ?? [];
  const spec = podSpecOf(object);
  if (spec === undefined) return [];
  const ports = ['initContainers', 'containers'].flatMap((list) =>
    itemsOf(spec[list]).flatMap((container, index) =>
      itemsOf(container['ports']).flatMap((port, place) =>
        port['hostPort'] === undefined || spec['hostNetwork'] === true
          ? []
          : [field('a port of the node itself', ...path, list, index, 'ports', place, 'hostPort')],
      ),
    ),
  );
  const selector = isFields(spec['nodeSelector']) ? spec['nodeSelector'] : {};
  return [
    ...ports,
    ...(spec['nodeName'] === undefined ? [] : [field(nodeWhy, ...path, 'nodeName')]),
    ...(selector['kubernetes.io/hostname'] === undefined
      ? []
      : [
          Object.keys(selector).length === 1
            ? field(nodeWhy, ...path, 'nodeSelector')
            : field(nodeWhy, ...path, 'nodeSelector', 'kubernetes.io/hostname'),
        ]),
  ];
};

const traefikWhy =
  'for the Traefik that k3s brings; without it the class that the cluster has as its default';

/** Ingress classes and annotations of k3s's own Traefik and load balancer. */
const ingress: FindLocal = (object, { ingress: local }) => {
  const className = at(object, 'spec', 'ingressClassName');
  const isLocal = object['kind'] === 'Ingress' && typeof className === 'string' && local.has(className);
  const annotations = at(object, 'metadata', 'annotations');
  const names = Object.keys(isFields(annotations) ? annotations : {}).filter(
    (name) =>
      name.startsWith('traefik.ingress.kubernetes.io/') || name.startsWith('svccontroller.k3s.cattle.io/'),
  );
  const all =
    names.length > 0 && names.length === Object.keys(isFields(annotations) ? annotations : {}).length;
  return [
    ...(isLocal ? [field(traefikWhy, 'spec', 'ingressClassName')] : []),
    ...(all
      ? [field('only what k3s brings reads it', 'metadata', 'annotations')]
      : names.map((name) => field('only what k3s brings reads it', 'metadata', 'annotations', name))),
  ];
};

/** Every sort of field that means something in a local cluster only. */
export const findLocal: readonly FindLocal[] = [storage, service, pods, ingress];
