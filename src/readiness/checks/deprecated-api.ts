import { defineCheck } from '../define-check.ts';
import { kindNames } from '../world/kinds.ts';
import { kubectl, target } from '../judging/commands.ts';
import { refOf, type KubeObject } from '../world/thing.ts';

/** What takes the place of an API version, and the Kubernetes version without the old one (kubernetes.io, Deprecated API Migration Guide). */
const replaced: Readonly<Record<string, readonly [now: string, removedIn: string]>> = {
  'extensions/v1beta1 Deployment': ['apps/v1', '1.16'],
  'extensions/v1beta1 DaemonSet': ['apps/v1', '1.16'],
  'extensions/v1beta1 ReplicaSet': ['apps/v1', '1.16'],
  'extensions/v1beta1 NetworkPolicy': ['networking.k8s.io/v1', '1.16'],
  'extensions/v1beta1 Ingress': ['networking.k8s.io/v1', '1.22'],
  'apps/v1beta1 Deployment': ['apps/v1', '1.16'],
  'apps/v1beta1 StatefulSet': ['apps/v1', '1.16'],
  'apps/v1beta2 Deployment': ['apps/v1', '1.16'],
  'apps/v1beta2 StatefulSet': ['apps/v1', '1.16'],
  'apps/v1beta2 DaemonSet': ['apps/v1', '1.16'],
  'apps/v1beta2 ReplicaSet': ['apps/v1', '1.16'],
  'networking.k8s.io/v1beta1 Ingress': ['networking.k8s.io/v1', '1.22'],
  'networking.k8s.io/v1beta1 IngressClass': ['networking.k8s.io/v1', '1.22'],
  'rbac.authorization.k8s.io/v1beta1 Role': ['rbac.authorization.k8s.io/v1', '1.22'],
  'rbac.authorization.k8s.io/v1beta1 RoleBinding': ['rbac.authorization.k8s.io/v1', '1.22'],
  'rbac.authorization.k8s.io/v1beta1 ClusterRole': ['rbac.authorization.k8s.io/v1', '1.22'],
  'rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding': ['rbac.authorization.k8s.io/v1', '1.22'],
  'apiextensions.k8s.io/v1beta1 CustomResourceDefinition': ['apiextensions.k8s.io/v1', '1.22'],
  'scheduling.k8s.io/v1beta1 PriorityClass': ['scheduling.k8s.io/v1', '1.22'],
  'storage.k8s.io/v1beta1 StorageClass': ['storage.k8s.io/v1', '1.22'],
  'batch/v1beta1 CronJob': ['batch/v1', '1.25'],
  'policy/v1beta1 PodDisruptionBudget': ['policy/v1', '1.25'],
  'discovery.k8s.io/v1beta1 EndpointSlice': ['discovery.k8s.io/v1', '1.25'],
  'autoscaling/v2beta1 HorizontalPodAutoscaler': ['autoscaling/v2', '1.25'],
  'autoscaling/v2beta2 HorizontalPodAutoscaler': ['autoscaling/v2', '1.26'],
};

/** The version in which somebody wrote it last: the API itself answers in whichever it is asked for. */
function writtenIn({ apiVersion, metadata }: KubeObject, isLive: boolean): string | undefined {
  if (!isLive) return apiVersion;
  const applied = metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  if (applied === undefined) return undefined;
  return /"apiVersion":"([^"]+)"/.exec(applied)?.[1];
}

/** An object in the cluster is fine; the file that it would be made from again is not. */
export const deprecatedApi = defineCheck({
  id: 'deprecated-api',
  title: 'Written in an API version that newer clusters do not have',
  severity: 'medium',
  why: 'The next cluster refuses the file: what is to be restored from it does not come back.',
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  needs: kindNames,
  eachAlone: 'object',
  judge: (world) =>
    world.objects.flatMap((object) => {
      const version = writtenIn(object, world.isLive);
      const [now, removedIn] = replaced[`${version} ${object.kind}`] ?? [];
      if (version === undefined || now === undefined) return [];
      const ref = refOf(object);
      return [
        {
          object: ref,
          claim: `Kubernetes ${removedIn} and later do not know ${version} for it.`,
          evidence: [[world.isLive ? 'annotation last-applied-configuration' : 'apiVersion', version]],
          advice: {
            say: `Write ${now} in its file.`,
            command: kubectl(ref, `get ${target(ref)} --output yaml`),
          },
        },
      ];
    }),
});
