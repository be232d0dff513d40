/** Manifests of somebody's own project, named by a commit, so that everybody measures the same. */
export interface RecallInput {
  readonly name: string;
  /** `owner/name` on GitHub. Their texts are not kept here: see `readiness-recall.ts` for how they are fetched. */
  readonly repository: string;
  readonly commit: string;
  readonly licence: string;
  /** Files or folders of YAML at that commit; or a Helm chart that is rendered by the real helm. */
  readonly paths?: readonly string[];
  readonly chart?: { readonly path: string; readonly values: string; readonly set: readonly string[] };
  /** Where it is applied; manifests that name another namespace keep it. */
  readonly namespace: string;
}

/** Well-known example programs and tools of others: Deployments, StatefulSets, DaemonSets, Jobs, policies and a Helm chart. */
export const recallInputs: readonly RecallInput[] = [
  {
    name: 'online-boutique',
    repository: 'GoogleCloudPlatform/microservices-demo',
    commit: '34ffea9175946982c3088ed84994fe6019ad6e92',
    licence: 'Apache-2.0',
    paths: ['release/kubernetes-manifests.yaml'],
    namespace: 'boutique',
  },
  {
    name: 'sock-shop',
    repository: 'microservices-demo/microservices-demo',
    commit: '9dff06fae4981921caec6a62393a6ebfce4b3e3f',
    licence: 'Apache-2.0',
    paths: ['deploy/kubernetes/complete-demo.yaml'],
    namespace: 'sock-shop',
  },
  {
    name: 'voting-app',
    repository: 'dockersamples/example-voting-app',
    commit: '63e9150ca17af4ed05880d4245e486481f73fcb4',
    licence: 'Apache-2.0',
    paths: ['k8s-specifications'],
    namespace: 'voting',
  },
  {
    name: 'podinfo',
    repository: 'stefanprodan/podinfo',
    commit: 'eec06d1ea459af4cb4e10e806f8be7c7bd58b361',
    licence: 'Apache-2.0',
    chart: {
      path: 'charts/podinfo',
      values: 'values-prod.yaml',
      set: ['ingress.enabled=true', 'podDisruptionBudget.minAvailable=1'],
    },
    namespace: 'podinfo',
  },
  {
    name: 'argo-cd',
    repository: 'argoproj/argo-cd',
    commit: '37ee0097cf851bc2dd7665fc081bbce61a7e836e',
    licence: 'Apache-2.0',
    paths: ['manifests/namespace-install.yaml'],
    namespace: 'argocd',
  },
  {
    name: 'cassandra',
    repository: 'kubernetes/examples',
    commit: '279e8e4fe314f6cb7bc55fa3fbc21bbeaa48c0ea',
    licence: 'Apache-2.0',
    paths: ['databases/cassandra/cassandra-service.yaml', 'databases/cassandra/cassandra-statefulset.yaml'],
    namespace: 'cassandra',
  },
  {
    name: 'kube-prometheus',
    repository: 'prometheus-operator/kube-prometheus',
    commit: '4d719f1dea8853540b3823ab1fbe6be74a9953b3',
    licence: 'Apache-2.0',
    paths: ['manifests'],
    namespace: 'monitoring',
  },
  // What follows was chosen and first measured when the checks were done: what they are worth on what they were not made from.
  {
    name: 'guestbook',
    repository: 'kubernetes/examples',
    commit: '279e8e4fe314f6cb7bc55fa3fbc21bbeaa48c0ea',
    licence: 'Apache-2.0',
    paths: ['web/guestbook/all-in-one/guestbook-all-in-one.yaml'],
    namespace: 'guestbook',
  },
  {
    name: 'vllm',
    repository: 'kubernetes/examples',
    commit: '279e8e4fe314f6cb7bc55fa3fbc21bbeaa48c0ea',
    licence: 'Apache-2.0',
    paths: ['AI/vllm-deployment'],
    namespace: 'vllm',
  },
  {
    name: 'mysql',
    repository: 'kubernetes/examples',
    commit: '279e8e4fe314f6cb7bc55fa3fbc21bbeaa48c0ea',
    licence: 'Apache-2.0',
    paths: ['databases/mysql-cinder-pd'],
    namespace: 'mysql',
  },
  {
    name: 'podinfo-bases',
    repository: 'stefanprodan/podinfo',
    commit: 'eec06d1ea459af4cb4e10e806f8be7c7bd58b361',
    licence: 'Apache-2.0',
    paths: ['deploy/bases'],
    namespace: 'webapp',
  },
];
