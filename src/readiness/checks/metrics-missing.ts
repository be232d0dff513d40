import { defineCheck } from '../define-check.ts';

const name = 'v1beta1.metrics.k8s.io';

/** k3s brings metrics-server along, unless it is told not to (docs.k3s.io, Managing Packaged Components). */
export const metricsMissing = defineCheck({
  id: 'metrics-missing',
  title: 'Nobody measures what pods use',
  severity: 'low',
  why: 'Without it `kubectl top` and autoscalers have nothing to go by, and requests are guessed.',
  source: 'https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/',
  needs: ['APIService'],
  isLive: true,
  judge: (world) => {
    const service = world.objects.find(
      ({ kind, metadata }) => kind === 'APIService' && metadata.name === name,
    );
    const { conditions = [] } = (service?.['status'] ?? {}) as {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
    const available = conditions.some(({ type, status }) => type === 'Available' && status === 'True');
    if (available) return [];
    return [
      {
        object: { kind: 'APIService', name },
        claim: service === undefined ? 'There is no metrics API.' : 'The metrics API does not answer.',
        evidence: [
          [
            service === undefined ? 'metadata.name' : 'status.conditions[Available]',
            service === undefined ? 'not there' : 'not True',
          ],
        ],
        advice: { say: 'Install metrics-server.' },
      },
    ];
  },
});
