/** Where the API keeps a kind, and whether it lives in a namespace. */
export interface KindPlace {
  readonly api: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Only a running cluster has it: controllers and kubelets write it, not people. */
  readonly made?: true;
}

const core = '/api/v1';
const apps = '/apis/apps/v1';
const batch = '/apis/batch/v1';
const networking = '/apis/networking.k8s.io/v1';
const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** Every kind that the readiness checks read. */
export const kinds = {
  Deployment: { api: apps, plural: 'deployments', namespaced: true },
  StatefulSet: { api: apps, plural: 'statefulsets', namespaced: true },
  DaemonSet: { api: apps, plural: 'daemonsets', namespaced: true },
  ReplicaSet: { api: apps, plural: 'replicasets', namespaced: true },
  Job: { api: batch, plural: 'jobs', namespaced: true },
  CronJob: { api: batch, plural: 'cronjobs', namespaced: true },
  Pod: { api: core, plural: 'pods', namespaced: true },
  Service: { api: core, plural: 'services', namespaced: true },
  EndpointSlice: { api: '/apis/discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true, made: true },
  Ingress: { api: networking, plural: 'ingresses', namespaced: true },
  NetworkPolicy: { api: networking, plural: 'networkpolicies', namespaced: true },
  PodDisruptionBudget: { api: '/apis/policy/v1', plural: 'poddisruptionbudgets', namespaced: true },
  HorizontalPodAutoscaler: {
    api: '/apis/autoscaling/v2',
    plural: 'horizontalpodautoscalers',
    namespaced: true,
  },
  ConfigMap: { api: core, plural: 'configmaps', namespaced: true },
  Secret: { api: core, plural: 'secrets', namespaced: true },
  ServiceAccount: { api: core, plural: 'serviceaccounts', namespaced: true },
  PersistentVolumeClaim: { api: core, plural: 'persistentvolumeclaims', namespaced: true },
  ResourceQuota: { api: core, plural: 'resourcequotas', namespaced: true },
  LimitRange: { api: core, plural: 'limitranges', namespaced: true },
  Role: { api: rbac, plural: 'roles', namespaced: true },
  RoleBinding: { api: rbac, plural: 'rolebindings', namespaced: true },
  ClusterRole: { api: rbac, plural: 'clusterroles', namespaced: false },
  ClusterRoleBinding: { api: rbac, plural: 'clusterrolebindings', namespaced: false },
  Namespace: { api: core, plural: 'namespaces', namespaced: false },
  Node: { api: core, plural: 'nodes', namespaced: false, made: true },
  PersistentVolume: { api: core, plural: 'persistentvolumes', namespaced: false },
  StorageClass: { api: '/apis/storage.k8s.io/v1', plural: 'storageclasses', namespaced: false },
  PriorityClass: { api: '/apis/scheduling.k8s.io/v1', plural: 'priorityclasses', namespaced: false },
  IngressClass: { api: networking, plural: 'ingressclasses', namespaced: false },
  APIService: { api: '/apis/apiregistration.k8s.io/v1', plural: 'apiservices', namespaced: false },
} as const satisfies Readonly<Record<string, KindPlace>>;

export type Kind = keyof typeof kinds;

/** The same as a list, in the order above. */
export const kindNames = Object.keys(kinds) as readonly Kind[];

/** Whether a name is one of these kinds. */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}

/** Facts about a kind as data of one type. */
export function placeOf(kind: Kind): KindPlace {
  return kinds[kind];
}
