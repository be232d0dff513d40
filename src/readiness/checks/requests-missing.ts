import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';
import { eachContainer, fieldOf, type Subject } from '../judging/subjects.ts';

const wanted = ['cpu', 'memory'] as const;

function judge(subject: Subject): Draft | undefined {
  const { workload, container } = subject;
  const { requests, limits } = container.resources;
  // A limit alone becomes the request as well (kubernetes.io, Resource Management, note there).
  const missing = wanted.filter((name) => requests[name] === undefined && limits[name] === undefined);
  if (missing.length === 0) return undefined;
  return {
    object: workload.ref,
    container: container.name,
    severity: missing.includes('memory') ? 'medium' : 'low',
    claim: `The scheduler and the kernel do not know what ${container.name} needs: no ${missing.join(' and no ')} request.`,
    evidence: missing.map((name) => [fieldOf(subject, `resources.requests.${name}`), 'not set'] as const),
    advice: {
      say: 'Set requests to what it uses at its busiest; see it with `kubectl top pod --containers`.',
      command: kubectl(
        workload.ref,
        `set resources ${target(workload.ref)} --containers=${container.name} --requests=${missing.map((name) => `${name}=VALUE`).join(',')}`,
      ),
    },
  };
}

/** Without requests a pod is of class BestEffort: the first to be killed (kubernetes.io, Node-pressure Eviction). */
export const requestsMissing = defineCheck({
  id: 'requests-missing',
  title: 'No resource requests',
  severity: 'medium',
  why: 'Under memory pressure such pods are killed first, and after a boot they are put anywhere, however full it is.',
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) => eachContainer(world, judge),
});
