import { defineCheck, type Draft } from '../define-check.ts';
import { refText } from '../../domain/object-ref.ts';
import { kubectl, target } from '../judging/commands.ts';
import { accountsInUse, usageOf } from '../judging/usage.ts';
import { refOf, thingOf, type KubeObject } from '../world/thing.ts';
import type { World } from '../world/world.ts';

/** Kept for everybody by the controllers (kubernetes.io, root CA publisher), and Helm's own memory. */
const isSystems = ({ kind, metadata, type }: KubeObject & { readonly type?: unknown }) =>
  metadata.name === 'kube-root-ca.crt' ||
  (kind === 'ServiceAccount' && metadata.name === 'default') ||
  type === 'helm.sh/release.v1' ||
  type === 'kubernetes.io/service-account-token';

/** The built-in roles, and those that others are made of (kubernetes.io, Using RBAC, Default roles; Aggregated ClusterRoles). */
const isBuiltIn = ({ metadata }: KubeObject) =>
  metadata.name.startsWith('system:') ||
  ['admin', 'edit', 'view', 'cluster-admin'].includes(metadata.name) ||
  Object.keys(metadata.labels ?? {}).some((label) =>
    label.startsWith('rbac.authorization.k8s.io/aggregate-to-'),
  );

function draftOf(object: KubeObject, claim: string, field: string): Draft {
  const { ref, writer } = thingOf(object, undefined);
  return {
    object: ref,
    claim: writer === undefined ? claim : `${claim} ${writer} made it and may read it by itself.`,
    evidence: [[field, 'nothing refers to it']],
    advice: {
      say: 'Delete it when nobody else needs it; keep it in the backup until then.',
      command: kubectl(ref, `get ${target(ref)} --output yaml`),
    },
  };
}

function ofConfiguration(world: World): readonly Draft[] {
  const usage = usageOf(world);
  return world.objects
    .filter((object) => (object.kind === 'ConfigMap' || object.kind === 'Secret') && !isSystems(object))
    .filter((object) => !usage.has(refText(refOf(object))))
    .map((object) => draftOf(object, 'No pod, Ingress or ServiceAccount refers to it.', 'references to it'));
}

function ofAccounts(world: World): readonly Draft[] {
  const inUse = accountsInUse(world);
  return world.objects
    .filter((object) => object.kind === 'ServiceAccount' && !isSystems(object))
    .filter((object) => !inUse.has(refText(refOf(object))))
    .map((object) => draftOf(object, 'No pod and no binding names it.', 'serviceAccountName, subjects'));
}

function ofClaims(world: World): readonly Draft[] {
  const named = new Set(
    [
      ...world.workloads.map(({ ref, pod }) => ({ ref, pod })),
      ...world.pods.map(({ ref, spec }) => ({ ref, pod: spec })),
    ].flatMap(({ ref, pod }) =>
      pod.volumes.flatMap(({ persistentVolumeClaim: claim }) =>
        claim
          ? [
              refText({
                kind: 'PersistentVolumeClaim',
                name: claim.claimName,
                namespace: ref.namespace ?? '',
              }),
            ]
          : [],
      ),
    ),
  );
  return world.objects
    .filter((object) => object.kind === 'PersistentVolumeClaim' && !named.has(refText(refOf(object))))
    .map((object) => draftOf(object, 'No pod mounts it: its data are kept and not used.', 'volumes of pods'));
}

function ofRoles(world: World): readonly Draft[] {
  const bound = new Set(
    world.objects
      .filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
      .map((object) => {
        const { roleRef } = object as {
          readonly roleRef?: { readonly kind?: string; readonly name?: string };
        };
        const { kind = '', name = '' } = roleRef ?? {};
        const { namespace } = refOf(object);
        return refText({ kind, name, ...(kind === 'Role' && namespace !== undefined && { namespace }) });
      }),
  );
  const kinds = world.isLive ? ['Role'] : ['Role', 'ClusterRole'];
  return world.objects
    .filter((object) => kinds.includes(object.kind ?? '') && !isBuiltIn(object))
    .filter((object) => !bound.has(refText(refOf(object))))
    .map((object) => draftOf(object, 'No binding gives it to anybody.', 'roleRef of bindings'));
}

/** Only what could be seen to refer to it: programs that read the API themselves name nothing in a pod. */
export const unusedObject = defineCheck({
  id: 'unused-object',
  title: 'Nothing seems to use it',
  severity: 'info',
  why: 'What nobody uses hides what counts, and a forgotten claim keeps data that nobody backs up.',
  source: 'https://kubernetes.io/docs/concepts/cluster-administration/manage-deployment/',
  needs: [
    'Pod',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'CronJob',
    'ConfigMap',
    'Secret',
    'ServiceAccount',
    'PersistentVolumeClaim',
    'RoleBinding',
    'Role',
    'Ingress',
  ],
  judge: (world) => [...ofConfiguration(world), ...ofAccounts(world), ...ofClaims(world), ...ofRoles(world)],
});
