import { resourceName, type ResourceKind } from '../resource-kind.ts';

/** Kinds that hold nothing which makes a stack, and why; they are not even read. */
const nothingToKeep: Readonly<Record<string, string>> = {
  events: 'messages of the cluster; they are gone after an hour',
  'events.events.k8s.io': 'messages of the cluster; they are gone after an hour',
  'leases.coordination.k8s.io': 'who leads at the moment; each program makes its own',
  'controllerrevisions.apps': 'earlier templates; their controllers keep them',
  'csistoragecapacities.storage.k8s.io': 'room on nodes; storage drivers measure it',
  'leasecandidates.coordination.k8s.io': 'who leads at the moment; each program makes its own',
};

/** Kinds of the whole cluster that belong to the cluster itself: another one has its own. */
const ofTheCluster: ReadonlySet<string> = new Set([
  'namespaces',
  'nodes',
  'componentstatuses',
  'persistentvolumes',
  'storageclasses.storage.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'ingressclasses.networking.k8s.io',
  'runtimeclasses.node.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'certificatesigningrequests.certificates.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'volumeattributesclasses.storage.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'ipaddresses.networking.k8s.io',
  'servicecidrs.networking.k8s.io',
  'resourceslices.resource.k8s.io',
  'deviceclasses.resource.k8s.io',
  'storageversions.internal.apiserver.k8s.io',
  'clustertrustbundles.certificates.k8s.io',
  'etcdsnapshotfiles.k3s.cattle.io',
]);

/** Why nothing of this kind is worth keeping; undefined: it may be. */
export function nothingIn(kind: ResourceKind): string | undefined {
  return nothingToKeep[resourceName(kind)];
}

/** Whether objects of this kind of the whole cluster are looked up by name only, where something uses them. */
export function isLookedUp(kind: ResourceKind): boolean {
  return ofTheCluster.has(resourceName(kind));
}
