import { endedWithItsNode } from '../../domain/pod-selection.ts';
import { defineCheck, type Draft } from '../define-check.ts';
import type { Severity } from '../finding.ts';
import { kubectl } from '../judging/commands.ts';
import type { ContainerStatus, Pod } from '../world/pod.ts';

/** Fewer happen to every container now and then. */
const usual = 5;

type Ended = ContainerStatus['lastState']['terminated'];

/** How it ended the last time: what kills it again and again, or the end of its node, as at each boot. */
function endOf(last: Ended): 'memory' | 'node' | 'itself' {
  if (last?.reason === 'OOMKilled') return 'memory';
  return endedWithItsNode(last) ? 'node' : 'itself';
}

const severityOf: Readonly<Record<ReturnType<typeof endOf>, Severity>> = {
  memory: 'high',
  node: 'info',
  itself: 'medium',
};

function claimOf(end: ReturnType<typeof endOf>, container: string, count: number): string {
  if (end === 'memory') return `${container} was killed because it used more memory than it may.`;
  const last = end === 'node' ? ', the last time with its node: each boot is one of them' : '';
  return `${container} was restarted ${count} times${last}.`;
}

function lastFact(pod: Pod, name: string, last: Ended): Draft['evidence'] {
  if (last === null || last === undefined) return [];
  const said = `${last.reason ?? 'no reason'}, exit code ${last.exitCode ?? 'unknown'}`;
  return [[`status.containerStatuses[${name}].lastState.terminated`, said, pod.ref]];
}

function judge(pod: Pod): readonly Draft[] {
  return [...pod.initStatuses, ...pod.statuses].flatMap(({ name, restartCount, lastState, state }) => {
    const last = lastState.terminated ?? state.terminated;
    const end = endOf(last);
    if (restartCount <= usual && end !== 'memory') return [];
    return [
      {
        object: pod.top,
        container: name,
        severity: severityOf[end],
        claim: claimOf(end, `Container ${name} of ${pod.ref.name}`, restartCount),
        evidence: [
          [`status.containerStatuses[${name}].restartCount`, String(restartCount), pod.ref] as const,
          ...lastFact(pod, name, last),
        ],
        advice: {
          say:
            end === 'memory'
              ? 'Raise its memory limit, or find what grows.'
              : 'Read what it said before it ended.',
          command: kubectl(pod.ref, `logs ${pod.ref.name} --container ${name} --previous`),
        },
      },
    ];
  });
}

/** More restarts than are usual, or a container that ran out of memory (kubernetes.io, Assign Memory Resources). */
export const containerRestarts = defineCheck({
  id: 'container-restarts',
  title: 'Containers that crash',
  severity: 'high',
  why: 'Each crash costs a back-off of up to five minutes, and after a loss of power it comes on top.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) => world.pods.flatMap((pod) => judge(pod)),
});
