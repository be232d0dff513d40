import { pod, workload, object } from '../readiness-objects.ts';
import { changed, soundShop, withObject, without } from '../sound-shop.ts';
import type { CheckCase, CheckCases } from './case.ts';

const web = 'Deployment shop/web';
const db = 'StatefulSet shop/db';

function withSpec(what: string, fields: object, severity: CheckCase['severity']): CheckCase {
  return { what, objects: changed('Deployment', 'web', { spec: fields }), names: web, severity };
}

function template(what: string, fields: object, severity: CheckCase['severity']): CheckCase {
  return withSpec(what, { template: { spec: fields } }, severity);
}

const oneNode = soundShop().map((entry) => {
  if (entry.kind !== 'Pod') return entry;
  const spec = Object.assign({}, entry['spec'], { nodeName: 'k3d-shop-server-0' });
  return Object.assign({}, entry, { spec });
});

const onOneClaim = {
  template: { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data-db-0' } }] } },
};

/** Workloads, their copies, and what may be taken away of them. */
export const workloadCases: CheckCases = {
  'single-replica': [
    {
      what: 'behind a Service',
      objects: changed('StatefulSet', 'db', { spec: { replicas: 1 } }),
      names: db,
      severity: 'medium',
    },
    {
      what: 'with no Service',
      objects: withObject(workload('Deployment', 'worker', { spec: { replicas: 1 } })),
      names: 'Deployment shop/worker',
      severity: 'low',
    },
  ],
  'scaled-to-zero': [withSpec('by hand', { replicas: 0 }, 'medium')],
  'workload-incomplete': [
    {
      what: 'one of two',
      objects: changed('Deployment', 'web', { status: { availableReplicas: 1 } }),
      names: web,
      severity: 'high',
    },
    {
      what: 'a DaemonSet on no node',
      objects: withObject(
        object('DaemonSet', 'log', {
          spec: {
            selector: { matchLabels: { app: 'log' } },
            template: { metadata: { labels: { app: 'log' } }, spec: { containers: [] } },
          },
        }),
      ),
      names: 'DaemonSet shop/log',
      severity: 'medium',
    },
  ],
  'pod-not-ready': [
    {
      what: 'crash back-off',
      objects: withObject(
        pod('web-0', {
          owner: 'ReplicaSet web-1',
          labels: { app: 'web' },
          status: {
            containerStatuses: [
              { name: 'main', ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } },
            ],
          },
        }),
      ),
      names: web,
      severity: 'high',
    },
    {
      what: 'one that should be gone since long',
      objects: withObject(
        pod('web-0', {
          owner: 'ReplicaSet web-1',
          labels: { app: 'web' },
          deletedAt: '2026-01-01T11:00:00Z',
        }),
      ),
      names: web,
      severity: 'high',
    },
    {
      what: 'one that was evicted and is replaced',
      objects: withObject(
        pod('web-9', {
          owner: 'ReplicaSet web-1',
          labels: { app: 'web' },
          status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] },
        }),
      ),
      names: web,
      severity: 'low',
    },
  ],
  'pod-without-controller': [
    { what: 'a bare pod', objects: withObject(pod('lonely')), names: 'Pod shop/lonely', severity: 'high' },
    {
      what: 'one that runs once',
      objects: withObject(pod('once', { spec: { restartPolicy: 'Never' }, status: { phase: 'Succeeded' } })),
      names: 'Pod shop/once',
      severity: 'low',
    },
    {
      what: 'a ReplicaSet of its own',
      objects: withObject(workload('ReplicaSet', 'set')),
      names: 'ReplicaSet shop/set',
      severity: 'low',
    },
  ],
  'update-strategy-recreate': [
    withSpec('Recreate', { strategy: { type: 'Recreate' } }, 'low'),
    withSpec('Recreate, as its claim wants it', { strategy: { type: 'Recreate' }, ...onOneClaim }, 'info'),
  ],
  'rolling-update-single-writer': [
    template(
      'a claim of one node',
      { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
      'medium',
    ),
  ],
  'no-spread': [
    template('neither', { affinity: null, topologySpreadConstraints: [] }, 'medium'),
    template('a constraint alone', { affinity: null }, 'info'),
    template(
      'anti-affinity that selects others',
      {
        topologySpreadConstraints: [],
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'other' } } },
            ],
            preferredDuringSchedulingIgnoredDuringExecution: [],
          },
        },
      },
      'medium',
    ),
  ],
  'invalid-spread': [
    template('no selector', { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone' }] }, 'low'),
  ],
  'replicas-on-one-node': [{ what: 'both', objects: oneNode, names: web, severity: 'medium' }],
  'selector-mismatch': [
    {
      ...withSpec('other labels', { selector: { matchLabels: { app: 'other' } } }, 'high'),
      snapshot: { source: 'manifests' },
    },
  ],
  'headless-service-missing': [
    {
      what: 'no such Service',
      objects: changed('StatefulSet', 'db', { spec: { serviceName: 'nothing' } }),
      names: db,
      severity: 'low',
    },
    {
      what: 'one with an address',
      objects: changed('Service', 'db', { spec: { clusterIP: '10.43.0.9' } }),
      names: db,
      severity: 'low',
    },
  ],
  'pinned-to-node': [template('by name', { nodeSelector: { 'kubernetes.io/hostname': 'n1' } }, 'medium')],
  'termination-grace': [
    template('short', { terminationGracePeriodSeconds: 5 }, 'low'),
    {
      what: 'none, of a database',
      objects: changed('StatefulSet', 'db', {
        spec: { template: { spec: { terminationGracePeriodSeconds: 0 } } },
      }),
      names: db,
      severity: 'high',
    },
  ],
  'priority-missing': [
    {
      what: 'of a database',
      objects: changed('StatefulSet', 'db', { spec: { template: { spec: { priorityClassName: '' } } } }),
      names: db,
      severity: 'info',
    },
  ],
  'no-way-back': [withSpec('nothing kept', { revisionHistoryLimit: 0 }, 'low')],
  'disruption-budget-missing': [
    { what: 'two copies', objects: without('PodDisruptionBudget', 'web'), names: web, severity: 'medium' },
    {
      what: 'of one of the two',
      objects: withObject(
        pod('web-0', { owner: 'ReplicaSet web-1', labels: { app: 'web', role: 'leader' } }),
        changed('PodDisruptionBudget', 'web', { spec: { selector: { matchLabels: { role: 'leader' } } } }),
      ),
      names: web,
      severity: 'info',
    },
    {
      what: 'one copy',
      objects: withObject(workload('Deployment', 'worker', { spec: { replicas: 1 } })),
      names: 'Deployment shop/worker',
      severity: 'info',
    },
  ],
  'disruption-budget-blocks': [
    {
      what: 'all must stay',
      objects: changed('PodDisruptionBudget', 'web', {
        spec: { maxUnavailable: null, minAvailable: '100%' },
      }),
      names: 'PodDisruptionBudget shop/web',
      severity: 'medium',
    },
  ],
  'disruption-budget-idle': [
    {
      what: 'of no pod',
      objects: changed('PodDisruptionBudget', 'web', { spec: { selector: { matchLabels: { app: 'x' } } } }),
      names: 'PodDisruptionBudget shop/web',
      severity: 'low',
    },
    {
      what: 'without a rule',
      objects: changed('PodDisruptionBudget', 'web', { spec: { maxUnavailable: null } }),
      names: 'PodDisruptionBudget shop/web',
      severity: 'low',
    },
  ],
  'disruption-budgets-overlap': [
    {
      what: 'two',
      objects: withObject(
        object('PodDisruptionBudget', 'again', {
          spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
        }),
      ),
      names: web,
      severity: 'medium',
    },
  ],
  'autoscaler-target-missing': [
    {
      what: 'of nothing',
      objects: changed('HorizontalPodAutoscaler', 'web', { spec: { scaleTargetRef: { name: 'gone' } } }),
      names: 'HorizontalPodAutoscaler shop/web',
      severity: 'medium',
    },
  ],
  'autoscaler-cannot-work': [
    {
      what: 'no requests',
      objects: withObject(workload('Deployment', 'web', { container: { resources: {} } })),
      names: 'HorizontalPodAutoscaler shop/web',
      severity: 'medium',
    },
    {
      what: 'it says so',
      objects: changed('HorizontalPodAutoscaler', 'web', {
        status: {
          conditions: [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' }],
        },
      }),
      names: 'HorizontalPodAutoscaler shop/web',
      severity: 'medium',
    },
  ],
  'autoscaler-bounds': [
    {
      what: 'down to one',
      objects: changed('HorizontalPodAutoscaler', 'web', { spec: { minReplicas: 1 } }),
      names: 'HorizontalPodAutoscaler shop/web',
      severity: 'medium',
    },
    {
      what: 'more than there is',
      objects: changed('HorizontalPodAutoscaler', 'web', { spec: { maxReplicas: 4000 } }),
      names: 'HorizontalPodAutoscaler shop/web',
      severity: 'medium',
    },
    {
      what: 'a number that somebody applies beside it',
      objects: changed('Deployment', 'web', {
        metadata: { managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }] },
      }),
      names: web,
      severity: 'low',
    },
    {
      what: 'a number beside it in a file',
      objects: soundShop(),
      names: web,
      severity: 'low',
      snapshot: { source: 'manifests' },
    },
  ],
};
