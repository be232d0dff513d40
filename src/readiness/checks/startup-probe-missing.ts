import { defineCheck } from '../define-check.ts';
import { eachServing, fieldOf } from '../judging/subjects.ts';
import type { ProbeSpec } from '../world/pod-spec.ts';

/** Defaults of the API (core/v1, Probe), seconds. */
function patience({ initialDelaySeconds, periodSeconds, failureThreshold }: ProbeSpec): number {
  return (initialDelaySeconds ?? 0) + (periodSeconds ?? 10) * (failureThreshold ?? 3);
}

/** After a boot everything starts at once on one machine: what takes 10 s alone takes a minute (measured on this project's lab). */
const slowBootSeconds = 120;

/** Liveness without a startup probe is judged by how long it waits before it kills. */
export const startupProbeMissing = defineCheck({
  id: 'startup-probe-missing',
  title: 'A liveness probe that may kill a slow start',
  severity: 'medium',
  why: 'After a boot everything starts at once and is slow. A liveness probe without a startup probe kills what is still starting, and it begins anew.',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-startup-probes',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) =>
    eachServing(world, (subject) => {
      const { workload, container } = subject;
      const { livenessProbe: probe, startupProbe } = container;
      if (!probe || startupProbe || patience(probe) >= slowBootSeconds) return undefined;
      const seconds = patience(probe);
      return {
        object: workload.ref,
        container: container.name,
        claim: `Container ${container.name} is killed when it is not up ${seconds} s after its start.`,
        evidence: [
          [fieldOf(subject, 'startupProbe'), 'not set'],
          [
            fieldOf(subject, 'livenessProbe'),
            `initialDelaySeconds ${probe.initialDelaySeconds ?? 0} + periodSeconds ${probe.periodSeconds ?? 10} x failureThreshold ${probe.failureThreshold ?? 3} = ${seconds} s`,
          ],
        ],
        advice: {
          say: 'Add a startup probe with the time that a start after a boot takes.',
          command: 'rekindle harden --apply --only startup-probe',
        },
      };
    }),
});
