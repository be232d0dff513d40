import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { podField } from '../judging/subjects.ts';

const hostname = 'kubernetes.io/hostname';

/** Names of nodes change when a cluster is made anew. */
export const pinnedToNode = defineCheck({
  id: 'pinned-to-node',
  title: 'Bound to a node by its name',
  severity: 'medium',
  why: 'When that node is away it runs nowhere, and in another cluster there is no such node.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads.flatMap((workload) => {
      const { pod, ref, kind } = workload;
      const named = kind === 'Pod' && world.isLive ? undefined : pod.nodeName;
      const node = named ?? pod.nodeSelector[hostname];
      if (node === null || node === undefined) return [];
      const field = named ? 'nodeName' : `nodeSelector[${hostname}]`;
      return [
        {
          object: ref,
          claim: `It runs on node ${node} and nowhere else.`,
          evidence: [[`${podField(workload)}.${field}`, node]],
          advice: { say: 'Select nodes by what they have, not by name.', command: edit(ref) },
        },
      ];
    }),
});
