import type { PoolerProfile } from '../domain/pooler-profiles.ts';
import type { AppliedObject } from '../ports/cluster.ts';
import { includedKey, managedLabels, profileAnnotation, settingsKey, settingsName } from './names.ts';
import { settingsFile } from './settings-file.ts';

/** An object and its REST path. */
export interface PlacedObject {
  readonly path: string;
  readonly object: AppliedObject;
}

const rbac = 'rbac.authorization.k8s.io';

/** REST paths of the three objects that `settingsObjects` makes. */
export function settingsPaths(
  namespace: string,
): readonly [configMap: string, role: string, binding: string] {
  const place = encodeURIComponent(namespace);
  return [
    `/api/v1/namespaces/${place}/configmaps/${settingsName}`,
    `/apis/${rbac}/v1/namespaces/${place}/roles/${settingsName}`,
    `/apis/${rbac}/v1/namespaces/${place}/rolebindings/${settingsName}`,
  ];
}

/**
 * The ConfigMap that the image of deploy/pooler-image reads, and what lets the pooler's service account read it: this one
 * object, and nothing else.
 */
export function settingsObjects(
  namespace: string,
  serviceAccount: string,
  profile: PoolerProfile,
): readonly PlacedObject[] {
  const [configMap, role, binding] = settingsPaths(namespace);
  const metadata = { name: settingsName, namespace, labels: managedLabels };
  const named = { ...metadata, annotations: { [profileAnnotation]: profile.name } };
  const rule = { apiGroups: [''], resources: ['configmaps'], resourceNames: [settingsName], verbs: ['get'] };
  const roleRef = { apiGroup: rbac, kind: 'Role', name: settingsName };
  const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace }];
  const version = `${rbac}/v1`;
  return [
    {
      path: configMap,
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: named,
        data: { [settingsKey]: settingsFile(profile) },
      },
    },
    { path: role, object: { apiVersion: version, kind: 'Role', metadata, rules: [rule] } },
    { path: binding, object: { apiVersion: version, kind: 'RoleBinding', metadata, roleRef, subjects } },
  ];
}

/** Our key in a ConfigMap of somebody else's; without a profile the apply takes the key out again. */
export function includedObject(
  target: { readonly namespace: string; readonly name: string; readonly uid: string },
  profile: PoolerProfile | undefined,
): AppliedObject {
  const { name, namespace, uid } = target;
  const metadata = { name, namespace, uid };
  const data = profile === undefined ? {} : { data: { [includedKey]: settingsFile(profile) } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...data };
}
