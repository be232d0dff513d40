import { isFields } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { ownMarks } from '../strip/metadata.ts';
import { annotationOf, defineReason, labelOf, type Surroundings } from './define-reason.ts';

/** The account that each namespace gets; changed by somebody it is wanted as it is (pull secrets, for example). */
function isPlainAccount(account: KubeObject): boolean {
  const { metadata } = account;
  const own = ownMarks(metadata.labels) ?? ownMarks(metadata.annotations) ?? account['imagePullSecrets'];
  return (
    metadata.name === 'default' && own === undefined && account['automountServiceAccountToken'] === undefined
  );
}

/** Whether the cluster fills in who answers for a Service of this name: it has a selector. */
function hasSelector(name: string, { find }: Surroundings): boolean {
  const spec = find('Service', name)?.['spec'];
  return isFields(spec) && isFields(spec['selector']) && Object.keys(spec['selector']).length > 0;
}

const controllers = /^endpointslice(mirroring)?-controller\.k8s\.io$/;

function ofSlice(slice: KubeObject): string | undefined {
  const manager = labelOf(slice, 'endpointslice.kubernetes.io/managed-by');
  return manager !== undefined && controllers.test(manager)
    ? 'the cluster keeps it up for its Service'
    : undefined;
}

const tokenTypes = new Set(['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token']);

function ofSecret(secret: KubeObject): string | undefined {
  return tokenTypes.has(String(secret['type'])) ? 'a token of this very cluster' : undefined;
}

const byKind: Readonly<Record<string, (object: KubeObject, around: Surroundings) => string | undefined>> = {
  ServiceAccount: (account) => (isPlainAccount(account) ? 'each namespace gets one' : undefined),
  ConfigMap: ({ metadata }) =>
    metadata.name === 'kube-root-ca.crt'
      ? 'each namespace gets one, with the authority of its own cluster'
      : undefined,
  Endpoints: (object, around) =>
    hasSelector(object.metadata.name, around) ||
    annotationOf(object, 'endpoints.kubernetes.io/last-change-trigger-time') !== undefined
      ? 'the cluster keeps it up for its Service'
      : undefined,
  EndpointSlice: ofSlice,
  Secret: ofSecret,
};

/** What Kubernetes itself puts into a namespace. */
export const madeByTheCluster = defineReason({
  name: 'made-by-the-cluster',
  comes: 'anew',
  why: (object, around) => byKind[object.kind ?? '']?.(object, around),
});
