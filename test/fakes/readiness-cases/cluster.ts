import { node, object, workload } from '../readiness-objects.ts';
import { changed, withObject, without } from '../sound-shop.ts';
import { one, type CheckCases } from './case.ts';

const web = 'Deployment shop/web';

const quota = (spec: object, used: object) =>
  withObject(object('ResourceQuota', 'room', { spec: { hard: spec }, status: { hard: spec, used } }));
const cron = 'CronJob shop/clean-up';

/** Quotas, Jobs, nodes and versions. */
export const clusterCases: CheckCases = {
  'quota-blocks-recreation': [
    one('over its limit', quota({ pods: '3' }, { pods: '4' }), 'ResourceQuota shop/room', 'high'),
    one('used up', quota({ pods: '4' }, { pods: '4' }), 'ResourceQuota shop/room', 'medium'),
    one(
      'used up, of what no pod asks for',
      quota({ 'count/configmaps': '4' }, { 'count/configmaps': '9' }),
      'ResourceQuota shop/room',
      'low',
    ),
    one('no room for an update', quota({ 'requests.cpu': '1' }, { 'requests.cpu': '950m' }), web, 'medium'),
    one(
      'a workload that does not say what it needs',
      withObject(
        workload('Deployment', 'web', { container: { resources: {} } }),
        quota({ 'requests.cpu': '40' }, { 'requests.cpu': '1' }),
      ),
      web,
      'high',
    ),
  ],
  'limit-range-blocks-recreation': [
    one(
      'more than is allowed',
      withObject(
        object('LimitRange', 'l', { spec: { limits: [{ type: 'Container', max: { memory: '64Mi' } }] } }),
      ),
      web,
      'high',
    ),
  ],
  'metrics-missing': [
    one(
      'no metrics API',
      without('APIService', 'v1beta1.metrics.k8s.io'),
      'APIService v1beta1.metrics.k8s.io',
      'low',
    ),
  ],
  'job-without-end': [
    one(
      'no deadline',
      changed('CronJob', 'clean-up', { spec: { jobTemplate: { spec: { activeDeadlineSeconds: null } } } }),
      cron,
      'low',
    ),
  ],
  'job-trouble': [
    one('suspended', changed('CronJob', 'clean-up', { spec: { suspend: true } }), cron, 'low'),
    one(
      'never succeeded',
      changed('CronJob', 'clean-up', {
        status: { lastSuccessfulTime: null, lastScheduleTime: '2026-01-01T03:00:00Z' },
      }),
      cron,
      'medium',
    ),
    one(
      'not the last time',
      changed('CronJob', 'clean-up', {
        status: { lastSuccessfulTime: '2025-12-30T03:01:00Z', lastScheduleTime: '2026-01-01T03:00:00Z' },
      }),
      cron,
      'medium',
    ),
    one(
      'never started',
      changed('CronJob', 'clean-up', { status: { lastSuccessfulTime: null } }),
      cron,
      'info',
    ),
    one(
      'a policy that the API refuses',
      changed('CronJob', 'clean-up', {
        spec: { jobTemplate: { spec: { template: { spec: { restartPolicy: 'Always' } } } } },
      }),
      cron,
      'high',
    ),
  ],
  'cron-job-missed': [
    one(
      'no deadline',
      changed('CronJob', 'clean-up', { spec: { startingDeadlineSeconds: null } }),
      cron,
      'low',
    ),
  ],
  'cron-job-overlaps': [
    one('Allow', changed('CronJob', 'clean-up', { spec: { concurrencyPolicy: 'Allow' } }), cron, 'low'),
  ],
  'deprecated-api': [
    one(
      'written with v1beta1',
      changed('CronJob', 'clean-up', {
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"batch/v1beta1"}',
          },
        },
      }),
      cron,
      'medium',
    ),
  ],
  'invalid-label': [
    {
      what: 'a space',
      objects: changed('ConfigMap', 'settings', { metadata: { labels: { a: 'b c' } } }),
      names: 'ConfigMap shop/settings',
      severity: 'high',
      snapshot: { source: 'manifests' },
    },
  ],
  'node-trouble': [
    one(
      'pressure',
      changed('Node', 'k3d-shop-server-0', {
        status: { conditions: [{ type: 'DiskPressure', status: 'True' }] },
      }),
      'Node k3d-shop-server-0',
      'high',
    ),
    one(
      'cordoned',
      changed('Node', 'k3d-shop-server-0', { spec: { unschedulable: true } }),
      'Node k3d-shop-server-0',
      'medium',
    ),
  ],
  'node-taint-excludes': [
    one(
      'nobody bears it',
      changed('Node', 'k3d-shop-server-0', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } }),
      'Node k3d-shop-server-0',
      'info',
    ),
  ],
  'single-control-plane': [
    one('one server', [node('server-0'), node('agent-0')], 'Node k3d-shop-server-0', 'medium'),
  ],
  'cluster-version-old': [
    one(
      '1.30',
      changed('Node', 'k3d-shop-server-0', { status: { nodeInfo: { kubeletVersion: 'v1.30.1' } } }),
      'Node k3d-shop-server-0',
      'medium',
    ),
  ],
  'requests-above-nodes': [
    one(
      'more memory than a node has',
      withObject(
        workload('Deployment', 'web', {
          container: { resources: { requests: { cpu: '1', memory: '64Gi' }, limits: { memory: '64Gi' } } },
        }),
      ),
      web,
      'high',
    ),
  ],
};
