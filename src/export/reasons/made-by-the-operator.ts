import type { KubeObject } from '../../ports/cluster.ts';
import { podSpecOf, textAt } from '../collect/uses.ts';
import { lastApplied } from '../strip/asked.ts';
import { isDeclared, isWrittenOnlyBy, writersOf } from './declared.ts';
import { defineReason, labelOf, type Surroundings } from './define-reason.ts';

/** Kinds that Zalando's operator or Patroni makes for a database cluster (pkg/cluster of the operator, 1.14). */
const made = new Set([
  'StatefulSet',
  'Deployment',
  'Service',
  'Endpoints',
  'ConfigMap',
  'Secret',
  'PodDisruptionBudget',
  'CronJob',
  'Role',
  'RoleBinding',
  'ServiceAccount',
]);

const operator = /^postgres-operator/;

/** Patroni in the pods is a Python program, which may go by the name of a library. */
const patroni = /^(Patroni|OpenAPI-Generator|python-requests|Swagger-Codegen)/i;

/** Labels of the operator's objects as it ships (`cluster_labels`, `cluster_name_label`); both can be configured. */
const applications = new Set(['spilo', 'db-connection-pooler']);

/** The database cluster whose label the object has. */
function clusterOf(object: KubeObject, { databases }: Surroundings): string | undefined {
  const cluster = labelOf(object, 'cluster-name');
  const application = labelOf(object, 'application') ?? '';
  if (cluster === undefined || !applications.has(application)) return undefined;
  return databases === undefined || databases.has(cluster) ? cluster : undefined;
}

/**
 * The account of the operator's pods, which it makes in each namespace: nothing but a name, so that nobody is named as its
 * writer (pkg/cluster/cluster.go, createPodServiceAccounts).
 */
function isAccountOfPods(object: KubeObject, around: Surroundings): boolean {
  if (object.kind !== 'ServiceAccount' || isDeclared(object)) return false;
  const { labels, annotations, name } = object.metadata;
  const isBare =
    labels === undefined && annotations === undefined && object['imagePullSecrets'] === undefined;
  return (
    isBare &&
    around.objects.some(
      (workload) =>
        workload.kind === 'StatefulSet' &&
        textAt(podSpecOf(workload), 'serviceAccountName') === name &&
        isOfOperator(workload, around),
    )
  );
}

/**
 * Whether the operator or Patroni made this, Secrets too: by who wrote it (somebody may have restarted or scaled it since), or
 * by its labels where nobody else is known to have declared it.
 */
export function isOfOperator(object: KubeObject, around: Surroundings): boolean {
  if (around.databases?.size === 0 || !made.has(object.kind ?? '')) return false;
  const isOperators = writersOf(object).some((writer) => operator.test(writer));
  if ((isOperators && lastApplied(object) === undefined) || isWrittenOnlyBy(object, patroni)) return true;
  if (isAccountOfPods(object, around)) return true;
  return clusterOf(object, around) !== undefined && !isDeclared(object);
}

/** What the operator makes of a `postgresql`. Not its Secrets: their passwords are in the database as well, see docs/export.md. */
export const madeByTheOperator = defineReason({
  name: 'made-by-the-operator',
  comes: 'anew',
  why: (object, around) => {
    if (object.kind === 'Secret' || !isOfOperator(object, around)) return undefined;
    const cluster = clusterOf(object, around);
    return cluster === undefined
      ? 'the operator of the database makes it'
      : `the operator makes it for postgresql ${cluster}`;
  },
});
