import { groupOf, nameOf, textAt, valueAt, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'local-objects';

/** Namespaces that a cluster fills itself; what is in them is the target's own there. */
const ownNamespaces = new Set([
  'kube-node-lease',
  'kube-public',
  'kube-system',
  'local-path-storage',
  'metallb-system',
]);

/** Resources of k3s: its add-ons, its Helm controller, its snapshots (docs.k3s.io/helm, docs.k3s.io/installation/packaged-components). */
const k3sGroups = new Set(['helm.cattle.io', 'k3s.cattle.io']);

function isLocalVolume(manifest: Manifest): boolean {
  if (manifest.kind !== 'PersistentVolume') return false;
  const { hostPath, local } = manifest['spec'] as { hostPath?: unknown; local?: unknown };
  return hostPath !== undefined || local !== undefined;
}

function isLocalClass(manifest: Manifest): boolean {
  if (manifest.kind === 'StorageClass') return textAt(manifest, ['provisioner']) === 'rancher.io/local-path';
  if (manifest.kind === 'IngressClass')
    return textAt(manifest, ['spec', 'controller'])?.startsWith('traefik.io/') === true;
  return false;
}

/** Why the object has no place on the target; undefined where it has one. */
function reason(manifest: Manifest): string | undefined {
  const { namespace, name } = manifest.metadata;
  if (k3sGroups.has(groupOf(manifest)))
    return 'Only k3s knows this resource; what it installs has to be installed by other means, or comes with the target.';
  if (namespace !== undefined && ownNamespaces.has(namespace))
    return `The target fills ${namespace} itself; objects of the local one do not belong there.`;
  if (manifest.kind === 'Namespace' && ownNamespaces.has(name)) return 'The target has its own.';
  if (manifest.kind === 'Node') return 'Nodes come from the node pools of the target.';
  if (isLocalVolume(manifest))
    return 'It is a folder of a local node. On the target each claim gets a disk of its own from a storage class.';
  if (isLocalClass(manifest)) return 'Its controller is part of k3s and does not run on the target.';
  return undefined;
}

/** What k3s brings itself and the target has in another way. */
export const localObjects: Rule = {
  id,
  looksFor: 'objects of k3s itself: kube-system, HelmChart, local volumes, Traefik and local-path classes',
  run: (bench) => {
    for (const manifest of bench.objects()) {
      const why = reason(manifest);
      if (why === undefined) continue;
      bench.drop(manifest, { rule: id, why });
      if (groupOf(manifest) === 'helm.cattle.io' && valueAt(manifest, ['spec', 'chart']) !== undefined)
        bench.task(
          id,
          manifest,
          'k3s installs a Helm chart by this object; the target has no such controller.',
          `If the stack needs it: helm install with the values of ${nameOf(manifest)}.`,
        );
    }
  },
};
