import { saw } from '../../../src/domain/looked.ts';
import { claim, node, now, object, workload, type Written } from '../readiness.ts';
import { changed, soundShop, withObject, without } from '../sound-shop.ts';
import type { CheckCase, CheckCases } from './case.ts';

type Severity = CheckCase['severity'];

function one(what: string, objects: readonly Written[], names: string, severity: Severity): CheckCase {
  return { what, objects, names, severity };
}

const service = 'Service shop/web';
const web = 'Deployment shop/web';
const slice = (endpoints: readonly object[]) => changed('EndpointSlice', 'web-1', { endpoints });

function withVolume(volume: object, container: object = {}): readonly Written[] {
  return withObject(workload('Deployment', 'web', { pod: { volumes: [volume] }, container }));
}

/** Services, Ingresses and policies. */
export const networkCases: CheckCases = {
  'service-without-pods': [
    one('other labels', changed('Service', 'web', { spec: { selector: { app: 'x' } } }), service, 'high'),
  ],
  'service-without-selector': [
    one('somebody else’s', withObject(object('Service', 'leader', { spec: { ports: [{ port: 5432 }] } })), 'Service shop/leader', 'info'),
  ],
  'service-without-endpoints': [
    one('none ready', slice([{ addresses: ['10.42.0.1'], conditions: { ready: false } }]), service, 'high'),
  ],
  'service-single-endpoint': [one('one', slice([{ addresses: ['10.42.0.1'] }]), service, 'low')],
  'service-port-mismatch': [
    one('a name that no container has', changed('Service', 'web', { spec: { ports: [{ port: 80, targetPort: 'web' }] } }), service, 'high'),
    one('a number that no container declares', changed('Service', 'web', { spec: { ports: [{ port: 80, targetPort: 81 }] } }), service, 'medium'),
  ],
  'ingress-backend-missing': [
    one('no Service', without('Service', 'web'), 'Ingress shop/web', 'high'),
    one('no such port', changed('Service', 'web', { spec: { ports: [{ name: 'x', port: 81, targetPort: 'http' }] } }), 'Ingress shop/web', 'high'),
  ],
  'node-port-service': [
    one('NodePort', changed('Service', 'web', { spec: { type: 'NodePort' } }), service, 'low'),
  ],
  'load-balancer-service': [
    one('no address', changed('Service', 'web', { spec: { type: 'LoadBalancer' } }), service, 'medium'),
    one(
      'the address of a node',
      changed('Service', 'web', { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '172.18.0.3' }] } } }),
      service,
      'low',
    ),
  ],
  'external-traffic-policy': [
    one('Local', changed('Service', 'web', { spec: { type: 'NodePort', externalTrafficPolicy: 'Local' } }), service, 'info'),
  ],
  'network-policy-idle': [
    one('no such pods', changed('NetworkPolicy', 'web', { spec: { podSelector: { matchLabels: { app: 'x' } } } }), 'NetworkPolicy shop/web', 'low'),
    one(
      'a peer that is nobody',
      changed('NetworkPolicy', 'web', { spec: { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'x' } } }] }] } }),
      'NetworkPolicy shop/web',
      'low',
    ),
  ],
};

const secretRef = { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } }] };

/** ConfigMaps, Secrets, accounts and files. */
export const referenceCases: CheckCases = {
  'reference-missing': [
    one('a Secret', withObject(workload('Deployment', 'web', { container: secretRef })), web, 'high'),
    one(
      'a key',
      withObject(object('Secret', 'login', { data: { user: '' } }), withObject(workload('Deployment', 'web', { container: secretRef }))),
      web,
      'high',
    ),
    one('an account', withObject(workload('Deployment', 'web', { pod: { serviceAccountName: 'gone' } })), web, 'high'),
  ],
  'account-reference-missing': [
    one('a pull secret', withObject(object('ServiceAccount', 'default', { imagePullSecrets: [{ name: 'gone' }] })), 'ServiceAccount shop/default', 'medium'),
  ],
  'role-missing': [
    one('a role', withObject(object('RoleBinding', 'b', { roleRef: { kind: 'Role', name: 'gone' } })), 'RoleBinding shop/b', 'medium'),
  ],
  'unused-object': [
    one('a ConfigMap', withObject(object('ConfigMap', 'old', { data: {} })), 'ConfigMap shop/old', 'info'),
    one('a claim', withObject(object('PersistentVolumeClaim', 'old', { status: { phase: 'Bound' } })), 'PersistentVolumeClaim shop/old', 'info'),
    one('an account', withObject(object('ServiceAccount', 'old')), 'ServiceAccount shop/old', 'info'),
    one('a role', withObject(object('Role', 'old')), 'Role shop/old', 'info'),
  ],
  'unused-key': [
    one(
      'one of two',
      withObject(
        object('Secret', 'login', { data: { password: '', other: '' } }),
        withObject(workload('Deployment', 'web', { container: secretRef })),
      ),
      'Secret shop/login',
      'info',
    ),
  ],
  'namespace-empty': [
    one('nothing in it', [{ kind: 'Namespace', metadata: { name: 'shop' } }], 'Namespace shop', 'info'),
    one('it ends', changed('Namespace', 'shop', { status: { phase: 'Terminating' } }), 'Namespace shop', 'high'),
  ],
  'empty-dir-data': [
    one(
      'uploads',
      withVolume({ name: 'u', emptyDir: {} }, { volumeMounts: [{ name: 'u', mountPath: '/srv/uploads' }] }),
      web,
      'medium',
    ),
  ],
  'empty-dir-holds-files': [
    {
      what: 'a file',
      objects: withVolume({ name: 'u', emptyDir: {} }, { volumeMounts: [{ name: 'u', mountPath: '/srv/uploads' }] }),
      names: web,
      severity: 'high',
      snapshot: { uses: saw([{ pod: 'Pod shop/web-0', volume: 'u', names: ['a.jpg'], isWhole: true }], 'volumes', now) },
    },
  ],
  'no-volume-for-data': [
    one('a database', withObject(workload('Deployment', 'web', { container: { image: 'docker.io/library/postgres:15' } })), web, 'high'),
    one('what may be a cache', withObject(workload('Deployment', 'web', { container: { image: 'redis:7' } })), web, 'medium'),
  ],
  'host-path': [
    one('written', withVolume({ name: 'h', hostPath: { path: '/data' } }, { volumeMounts: [{ name: 'h', mountPath: '/d' }] }), web, 'medium'),
    one('read', withVolume({ name: 'h', hostPath: { path: '/sys' } }, { volumeMounts: [{ name: 'h', mountPath: '/s', readOnly: true }] }), web, 'low'),
  ],
  'claim-unbound': [
    one('pending', changed('PersistentVolumeClaim', 'data-db-0', { status: { phase: 'Pending' } }), 'PersistentVolumeClaim shop/data-db-0', 'high'),
  ],
  'claim-local-storage': [
    one('local-path', changed('PersistentVolumeClaim', 'data-db-0', { spec: { storageClassName: 'local-path' } }), 'PersistentVolumeClaim shop/data-db-0', 'medium'),
  ],
  'volume-reclaim-delete': [
    one('Delete', [...soundShop(), ...claim('more', 'server-0', '/x')], 'PersistentVolume pv-more', 'medium'),
  ],
  'claims-deleted-with-set': [
    one(
      'with the set',
      changed('StatefulSet', 'db', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } }),
      'StatefulSet shop/db',
      'high',
    ),
  ],
  'volume-unused': [
    one('released', changed('PersistentVolume', 'pv-data-db-0', { status: { phase: 'Released' } }), 'PersistentVolume pv-data-db-0', 'low'),
  ],
};

const quota = (spec: object, used: object) =>
  withObject(object('ResourceQuota', 'room', { spec: { hard: spec }, status: { hard: spec, used } }));
const cron = 'CronJob shop/clean-up';

/** Quotas, Jobs, nodes and versions. */
export const clusterCases: CheckCases = {
  'quota-blocks-recreation': [
    one('over its limit', quota({ pods: '3' }, { pods: '4' }), 'ResourceQuota shop/room', 'high'),
    one('used up', quota({ pods: '4' }, { pods: '4' }), 'ResourceQuota shop/room', 'medium'),
    one(
      'a workload that does not say what it needs',
      withObject(workload('Deployment', 'web', { container: { resources: {} } }), quota({ 'requests.cpu': '40' }, { 'requests.cpu': '1' })),
      web,
      'high',
    ),
  ],
  'limit-range-blocks-recreation': [
    one(
      'more than is allowed',
      withObject(object('LimitRange', 'l', { spec: { limits: [{ type: 'Container', max: { memory: '64Mi' } }] } })),
      web,
      'high',
    ),
  ],
  'metrics-missing': [one('no metrics API', without('APIService', 'v1beta1.metrics.k8s.io'), 'APIService v1beta1.metrics.k8s.io', 'low')],
  'job-without-end': [
    one('no deadline', changed('CronJob', 'clean-up', { spec: { jobTemplate: { spec: { activeDeadlineSeconds: null } } } }), cron, 'low'),
  ],
  'job-trouble': [
    one('suspended', changed('CronJob', 'clean-up', { spec: { suspend: true } }), cron, 'low'),
    one('never succeeded', changed('CronJob', 'clean-up', { status: { lastSuccessfulTime: null } }), cron, 'medium'),
    one(
      'a policy that the API refuses',
      changed('CronJob', 'clean-up', { spec: { jobTemplate: { spec: { template: { spec: { restartPolicy: 'Always' } } } } } }),
      cron,
      'high',
    ),
  ],
  'cron-job-missed': [one('no deadline', changed('CronJob', 'clean-up', { spec: { startingDeadlineSeconds: null } }), cron, 'low')],
  'cron-job-overlaps': [one('Allow', changed('CronJob', 'clean-up', { spec: { concurrencyPolicy: 'Allow' } }), cron, 'low')],
  'deprecated-api': [
    one(
      'written with v1beta1',
      changed('CronJob', 'clean-up', {
        metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"batch/v1beta1"}' } },
      }),
      cron,
      'medium',
    ),
  ],
  'invalid-label': [one('a space', changed('ConfigMap', 'settings', { metadata: { labels: { a: 'b c' } } }), 'ConfigMap shop/settings', 'high')],
  'node-trouble': [
    one('pressure', changed('Node', 'k3d-shop-server-0', { status: { conditions: [{ type: 'DiskPressure', status: 'True' }] } }), 'Node k3d-shop-server-0', 'high'),
    one('cordoned', changed('Node', 'k3d-shop-server-0', { spec: { unschedulable: true } }), 'Node k3d-shop-server-0', 'medium'),
  ],
  'node-taint-excludes': [
    one('nobody bears it', changed('Node', 'k3d-shop-server-0', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } }), 'Node k3d-shop-server-0', 'info'),
  ],
  'single-control-plane': [
    one('one server', [node('server-0'), node('agent-0')], 'Node k3d-shop-server-0', 'medium'),
  ],
  'cluster-version-old': [
    one('1.30', changed('Node', 'k3d-shop-server-0', { status: { nodeInfo: { kubeletVersion: 'v1.30.1' } } }), 'Node k3d-shop-server-0', 'medium'),
  ],
  'requests-above-nodes': [
    one(
      'more memory than a node has',
      withObject(workload('Deployment', 'web', { container: { resources: { requests: { cpu: '1', memory: '64Gi' }, limits: { memory: '64Gi' } } } })),
      web,
      'high',
    ),
  ],
};
