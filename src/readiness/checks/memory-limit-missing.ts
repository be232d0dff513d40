import { defineCheck } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';
import { eachContainer, fieldOf } from '../judging/subjects.ts';

/** A node that runs out of memory kills what it likes (kubernetes.io, Node-pressure Eviction). */
export const memoryLimitMissing = defineCheck({
  id: 'memory-limit-missing',
  title: 'No memory limit',
  severity: 'medium',
  why: 'On one machine a container that grows takes the database with it.',
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    eachContainer(world, (subject) => {
      const { workload, container } = subject;
      if (container.resources.limits['memory'] !== undefined) return undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim: `A leak in ${container.name} takes the memory of everything on its node.`,
        evidence: [[fieldOf(subject, 'resources.limits.memory'), 'not set']],
        advice: {
          say: 'Set a memory limit well above what it uses; see it with `kubectl top pod --containers`.',
          command: kubectl(
            workload.ref,
            `set resources ${target(workload.ref)} --containers=${container.name} --limits=memory=VALUE`,
          ),
        },
      };
    }),
});
