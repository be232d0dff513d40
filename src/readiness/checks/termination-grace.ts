import { defineCheck } from '../define-check.ts';
import { patchPods } from '../judging/commands.ts';
import { podField } from '../judging/subjects.ts';

/** The default of the API is 30 s (core/v1, PodSpec). A database that is killed recovers at its next start, which takes longer. */
const short = 10;

/** 0 takes the pod away at once, without SIGTERM. */
export const terminationGrace = defineCheck({
  id: 'termination-grace',
  title: 'Little time to end',
  severity: 'high',
  why: 'What is killed before it has ended loses what it had not written, and a StatefulSet may run the same member twice.',
  source:
    'https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/#statefulset-considerations',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads.flatMap((workload) => {
      const { pod, ref, kind } = workload;
      const seconds = pod.terminationGracePeriodSeconds ?? 30;
      if (seconds >= short) return [];
      return [
        {
          object: ref,
          severity: kind === 'StatefulSet' ? (seconds === 0 ? 'high' : 'medium') : 'low',
          claim:
            seconds === 0
              ? 'Its pods are killed without being asked to end.'
              : `Its pods are killed ${seconds} s after they were asked to end.`,
          evidence: [[`${podField(workload)}.terminationGracePeriodSeconds`, String(seconds)]],
          advice: {
            say: 'Give it the time that ending takes; 30 s is the default.',
            command: patchPods(ref, { terminationGracePeriodSeconds: 30 }),
          },
        },
      ];
    }),
});
