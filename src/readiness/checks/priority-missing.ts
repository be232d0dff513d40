import { defineCheck } from '../define-check.ts';
import { podField } from '../judging/subjects.ts';

/** Only of what keeps data: what everything else waits for. */
export const priorityMissing = defineCheck({
  id: 'priority-missing',
  title: 'Data has no priority',
  severity: 'info',
  why: 'When nodes are full, and after a boot, the database waits in the same line as everything else.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/',
  needs: ['StatefulSet'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ kind, pod }) => kind === 'StatefulSet' && (pod.priorityClassName ?? '') === '')
      .map((workload) => ({
        object: workload.ref,
        claim: 'Its pods have the same priority as all others.',
        evidence: [[`${podField(workload)}.priorityClassName`, 'not set']],
        advice: {
          say: 'Make a PriorityClass for what keeps data and name it.',
          command: 'kubectl create priorityclass data --value=1000 --description="what keeps data"',
        },
      })),
});
