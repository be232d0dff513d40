import { defineCheck } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';
import { podsOf } from '../world/relations.ts';

/** What is, whatever the constraints wish: the scheduler does not move pods that run. */
export const replicasOnOneNode = defineCheck({
  id: 'replicas-on-one-node',
  title: 'All copies are on one node now',
  severity: 'medium',
  why: 'The restart of that node takes all of them at once.',
  source:
    'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#known-limitations',
  needs: ['Deployment', 'StatefulSet', 'ReplicaSet', 'Pod', 'Node'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) =>
    world.workloads.flatMap((workload) => {
      if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(workload.kind)) return [];
      const pods = podsOf(world, workload).filter(
        ({ deleting, node, phase }) => !deleting && node !== undefined && phase === 'Running',
      );
      const nodes = [...new Set(pods.map(({ node }) => node))];
      const [node] = nodes;
      if (pods.length < 2 || nodes.length > 1 || world.nodes.length < 2 || node === undefined) return [];
      return [
        {
          object: workload.ref,
          claim: `All ${pods.length} pods run on ${node}, one of ${world.nodes.length} nodes.`,
          evidence: pods.map((pod) => ['spec.nodeName', node, pod.ref] as const),
          advice: {
            say: 'Make them anew when the nodes are up: the scheduler spreads only new pods.',
            command: kubectl(workload.ref, `rollout restart ${target(workload.ref)}`),
          },
        },
      ];
    }),
});
