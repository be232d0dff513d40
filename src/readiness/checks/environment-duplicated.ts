import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { eachContainer, fieldOf } from '../judging/subjects.ts';

/** The last of them counts, and kubectl apply merges the list by name (core/v1, Container.env, patchMergeKey). */
export const environmentDuplicated = defineCheck({
  id: 'environment-duplicated',
  title: 'An environment variable that is set twice',
  severity: 'low',
  why: 'Only the last value counts, and the next `kubectl apply` may keep the other one.',
  source: 'https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    eachContainer(world, (subject) => {
      const { workload, container } = subject;
      const names = container.env.map(({ name }) => name);
      const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
      if (twice.length === 0) return undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim: `In ${container.name} ${twice.join(', ')} is set more than once.`,
        evidence: twice.map(
          (name) =>
            [
              fieldOf(subject, `env[${name}]`),
              `${names.filter((entry) => entry === name).length} times`,
            ] as const,
        ),
        advice: { say: 'Remove all but one.', command: edit(workload.ref) },
      };
    }),
});
