import { defineCheck } from '../define-check.ts';
import { eachContainer, fieldOf } from '../judging/subjects.ts';
import { wantedPods } from '../world/workload.ts';

/** kubernetes.io, Configuration Best Practices: do not specify a hostPort unless it is absolutely necessary. */
export const hostPort = defineCheck({
  id: 'host-port',
  title: 'A port of the node itself',
  severity: 'low',
  why: 'Only one such pod fits on a node: while it is updated the new one waits for the old one to end.',
  source: 'https://kubernetes.io/docs/concepts/configuration/overview/#services',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) =>
    eachContainer(world, (subject) => {
      const { workload, container } = subject;
      const ports = container.ports.flatMap(({ hostPort: port }) => port ?? []);
      if (ports.length === 0 || workload.kind === 'DaemonSet') return undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim: `Container ${container.name} takes port ${ports.join(', ')} of its node: ${wantedPods(workload)} of them need as many nodes.`,
        evidence: ports.map((port) => [fieldOf(subject, 'ports.hostPort'), String(port)] as const),
        advice: { say: 'Use a Service of type NodePort or LoadBalancer instead.' },
      };
    }),
});
