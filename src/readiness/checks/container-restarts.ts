import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import type { Pod } from '../world/pod.ts';

/** A boot makes one restart each; a container with more has crashed. */
const usual = 5;

const isKilledForMemory = (reason: string | null | undefined) => reason === 'OOMKilled';

function judge(pod: Pod): readonly Draft[] {
  return [...pod.initStatuses, ...pod.statuses].flatMap(({ name, restartCount, lastState, state }) => {
    const last = lastState.terminated ?? state.terminated;
    const memory = isKilledForMemory(last?.reason);
    if (restartCount <= usual && !memory) return [];
    return [
      {
        object: pod.top,
        container: name,
        severity: memory ? ('high' as const) : ('medium' as const),
        claim: memory
          ? `Container ${name} of ${pod.ref.name} was killed because it used more memory than it may.`
          : `Container ${name} of ${pod.ref.name} was restarted ${restartCount} times.`,
        evidence: [
          [`status.containerStatuses[${name}].restartCount`, String(restartCount), pod.ref],
          ...(last === null || last === undefined
            ? []
            : [
                [
                  `status.containerStatuses[${name}].lastState.terminated`,
                  `${last.reason ?? 'no reason'}, exit code ${last.exitCode ?? 'unknown'}`,
                  pod.ref,
                ] as const,
              ]),
        ],
        advice: {
          say: memory ? 'Raise its memory limit, or find what grows.' : 'Read what it said before it ended.',
          command: kubectl(pod.ref, `logs ${pod.ref.name} --container ${name} --previous`),
        },
      },
    ];
  });
}

/** More restarts than boots, or a container that ran out of memory (kubernetes.io, Assign Memory Resources). */
export const containerRestarts = defineCheck({
  id: 'container-restarts',
  title: 'Containers that crash',
  severity: 'high',
  why: 'Each crash costs a back-off of up to five minutes, and after a loss of power it comes on top.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy',
  needs: ['Pod', 'ReplicaSet', 'Job'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) => world.pods.flatMap((pod) => judge(pod)),
});
