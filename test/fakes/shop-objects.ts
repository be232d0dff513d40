import type { KubeObject } from '../../src/ports/cluster.ts';

/** Names of a small shop: one web server on one node, a cluster DNS, and a load balancer in front. */
export const smallShop = {
  namespace: 'shop',
  node: 'k3d-shop-server-0',
  balancer: 'k3d-shop-serverlb',
  agent: 'k3d-shop-agent-0',
  webPod: 'nginx-1',
  dnsPod: 'coredns-1',
} as const;

interface PodParts {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly image: string;
}

const time = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

function runningPod({ name, namespace, labels, startedAt, image }: PodParts): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-of-${name}`,
      labels,
      creationTimestamp: time(startedAt),
      ownerReferences: [{ kind: 'ReplicaSet', name: `${name}-set`, controller: true }],
    },
    spec: { nodeName: smallShop.node, containers: [{ name: 'main', image }] },
    status: {
      phase: 'Running',
      podIP: '10.42.0.5',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time(startedAt + 1000) }],
      containerStatuses: [
        {
          name: 'main',
          image,
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: time(startedAt) } },
        },
      ],
    },
  };
}

/** Everything that the API of this shop lists, by path; the pods run since `startedAt`, ms since the epoch. */
export function shopObjects(startedAt: number, now: number): ReadonlyMap<string, readonly KubeObject[]> {
  const { namespace, node, webPod, dnsPod } = smallShop;
  const web = { app: 'nginx' };
  const deployment: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'nginx', namespace, uid: 'uid-of-nginx', labels: web },
    spec: {
      replicas: 1,
      selector: { matchLabels: web },
      template: {
        metadata: { labels: web },
        spec: { containers: [{ name: 'main', image: 'nginx:1', ports: [{ containerPort: 80 }] }] },
      },
    },
    status: { readyReplicas: 1, availableReplicas: 1 },
  };
  const lease: KubeObject = {
    metadata: { name: node, uid: 'uid-of-lease' },
    spec: { renewTime: new Date(now).toISOString() },
  };
  const nodeObject: KubeObject = {
    metadata: { name: node, uid: 'uid-of-node' },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  return new Map([
    ['/api/v1/nodes', [nodeObject]],
    ['/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', [lease]],
    [pods, [runningPod({ name: webPod, namespace, labels: web, startedAt, image: 'nginx:1' })]],
    [
      '/api/v1/namespaces/kube-system/pods',
      [
        runningPod({
          name: dnsPod,
          namespace: 'kube-system',
          labels: { 'k8s-app': 'kube-dns' },
          startedAt,
          image: 'coredns:1',
        }),
      ],
    ],
    [`/apis/apps/v1/namespaces/${namespace}/deployments`, [deployment]],
    [`/apis/apps/v1/namespaces/${namespace}/statefulsets`, []],
    [`/api/v1/namespaces/${namespace}/services`, []],
    [`/api/v1/namespaces/${namespace}/configmaps`, []],
    [`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, []],
  ]);
}
