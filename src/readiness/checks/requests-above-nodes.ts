import { defineCheck } from '../define-check.ts';
import { quantity } from '../../domain/quantity.ts';
import { amountText, podRequest, type Resource } from '../judging/pod-request.ts';

const resources: readonly Resource[] = ['cpu', 'memory'];

/** What has started may have been started before others took the room. */
export const requestsAboveNodes = defineCheck({
  id: 'requests-above-nodes',
  title: 'A pod that would not fit on a node',
  severity: 'high',
  why: 'Its next start waits for ever.',
  source:
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#my-pods-are-pending-with-event-message-failedscheduling',
  needs: ['Node', 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) =>
    world.workloads.flatMap((workload) =>
      resources.flatMap((resource) => {
        const wanted = podRequest(workload.pod, resource);
        const most = Math.max(
          0,
          ...world.nodes.map(({ fields }) => quantity(fields.status.allocatable[resource] ?? '0')),
        );
        if (most === 0 || wanted <= most) return [];
        return [
          {
            object: workload.ref,
            claim: `One pod wants ${amountText(wanted, resource)} ${resource}; the largest node has ${amountText(most, resource)}.`,
            evidence: [
              [`${resource} request of one pod`, amountText(wanted, resource)],
              [`status.allocatable.${resource} of the largest node`, amountText(most, resource)],
            ] as const,
            advice: { say: 'Ask for less, or use larger nodes.' },
          },
        ];
      }),
    ),
});
