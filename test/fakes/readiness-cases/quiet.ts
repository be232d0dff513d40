import { object, pod, workload } from '../readiness-objects.ts';
import { changed, withObject } from '../sound-shop.ts';
import type { CheckCase } from './case.ts';

/** Something that is as it should be, although it looks like what a check tells. */
export type QuietCase = Pick<CheckCase, 'what' | 'objects' | 'snapshot'>;

const job = (name: string, fields: object = {}) =>
  object('Job', name, {
    spec: { activeDeadlineSeconds: 60, template: { spec: { restartPolicy: 'Never', containers: [] } } },
    ...fields,
  });

/** Cases of which each check must say nothing. */
export const quietCases: Readonly<Record<string, readonly QuietCase[]>> = {
  'pod-not-ready': [
    {
      what: 'a pod that is being ended in its time',
      objects: withObject(
        pod('web-9', {
          owner: 'ReplicaSet web-1',
          labels: { app: 'web' },
          deletedAt: '2026-01-01T12:00:20Z',
        }),
      ),
    },
  ],
  'replicas-on-one-node': [
    {
      what: 'pods of a CronJob that have ended',
      objects: ['a', 'b'].reduce(
        (all, name) =>
          withObject(
            pod(`clean-up-${name}`, { owner: 'Job clean-up-1', status: { phase: 'Succeeded' } }),
            all,
          ),
        withObject(
          job('clean-up-1', {
            metadata: { ownerReferences: [{ kind: 'CronJob', name: 'clean-up', controller: true }] },
          }),
        ),
      ),
    },
  ],
  'network-policy-idle': [
    {
      what: 'a peer in any namespace',
      objects: changed('NetworkPolicy', 'web', {
        spec: {
          ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'ingress' } } }] }],
        },
      }),
    },
  ],
  'quota-blocks-recreation': [
    {
      what: 'a quota for some pods only',
      objects: withObject(
        object('ResourceQuota', 'batch', {
          spec: {
            hard: { 'limits.memory': '1Gi' },
            scopeSelector: {
              matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['b'] }],
            },
          },
          status: { used: { 'limits.memory': '0' } },
        }),
        withObject(workload('Deployment', 'web', { container: { resources: {} } })),
      ),
    },
    {
      what: 'nothing is allowed, on purpose',
      objects: changed('ResourceQuota', 'room', {
        spec: { hard: { 'services.loadbalancers': '0' } },
        status: { used: { 'services.loadbalancers': '0' } },
      }),
    },
  ],
  'pod-without-controller': [
    {
      what: 'a pod of an operator’s resource',
      objects: withObject(
        object('Pod', 'pg-1', {
          metadata: { ownerReferences: [{ kind: 'Cluster', name: 'pg', controller: true }] },
          spec: { containers: [] },
        }),
      ),
    },
  ],
  'job-trouble': [
    {
      what: 'a run that is under way',
      objects: changed('CronJob', 'clean-up', {
        status: {
          lastSuccessfulTime: '2025-12-31T03:01:00Z',
          lastScheduleTime: '2026-01-01T03:00:00Z',
          active: [{ name: 'clean-up-2' }],
        },
      }),
    },
  ],
  'volume-unused': [
    {
      what: 'a volume of somebody else’s',
      objects: changed('PersistentVolume', 'pv-data-db-0', {
        spec: { claimRef: { namespace: 'other', name: 'x' } },
        status: { phase: 'Released' },
      }),
    },
  ],
};
