import { defineCheck } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';
import { eachContainer, fieldOf } from '../judging/subjects.ts';

/** Said, and not urged: a limit also slows down what could use idle cores at a start (kubernetes.io, How Pods with resource limits are run). */
export const cpuLimitMissing = defineCheck({
  id: 'cpu-limit-missing',
  title: 'No CPU limit',
  severity: 'info',
  why: 'With requests set, neighbours still get their share; without them a busy container slows down everything on the machine.',
  source:
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    eachContainer(world, (subject) => {
      const { workload, container } = subject;
      const { requests, limits } = container.resources;
      if (limits['cpu'] !== undefined) return undefined;
      const isSharing = requests['cpu'] !== undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim: `Container ${container.name} may take every idle core.`,
        evidence: [[fieldOf(subject, 'resources.limits.cpu'), 'not set']],
        advice: isSharing
          ? { say: 'Nothing has to be done: its request gives the others their share.' }
          : {
              say: 'Set a CPU request; a limit only where it must not disturb others.',
              command: kubectl(
                workload.ref,
                `set resources ${target(workload.ref)} --containers=${container.name} --requests=cpu=VALUE`,
              ),
            },
      };
    }),
});
