import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { eachServing, fieldOf } from '../judging/subjects.ts';

/** Severity is low: a liveness probe that asks too much does more harm than none (kubernetes.io, Configure Probes, the caution there). */
export const livenessProbeMissing = defineCheck({
  id: 'liveness-probe-missing',
  title: 'No liveness probe',
  severity: 'low',
  why: 'A process that hangs without ending is never restarted: somebody has to notice.',
  source: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) =>
    eachServing(world, (subject) => {
      const { workload, container } = subject;
      if (container.livenessProbe) return undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim: `Nothing restarts container ${container.name} when it hangs.`,
        evidence: [[fieldOf(subject, 'livenessProbe'), 'not set']],
        advice: {
          say: 'Add a liveness probe that asks only the process itself, never a dependency, with a startup probe before it.',
          command: edit(workload.ref),
        },
      };
    }),
});
