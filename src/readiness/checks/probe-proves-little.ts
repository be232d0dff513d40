import { defineCheck } from '../define-check.ts';
import { eachServing, fieldOf } from '../judging/subjects.ts';

/** Of readiness only: that a liveness probe asks for little is right. */
export const probeProvesLittle = defineCheck({
  id: 'probe-proves-little',
  title: 'A readiness probe that only opens a connection',
  severity: 'medium',
  why: 'A process that accepts a connection may still answer nothing: Redis while it loads its file, a web server whose workers hang. Ready is then not working.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#probe-check-methods',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) =>
    eachServing(world, (subject) => {
      const { workload, container } = subject;
      const port = container.readinessProbe?.tcpSocket?.port;
      if (port === undefined) return undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim: `Container ${container.name} is Ready as soon as port ${port} accepts a connection.`,
        evidence: [[fieldOf(subject, 'readinessProbe.tcpSocket.port'), String(port)]],
        advice: {
          say: 'Ask for an answer instead: an HTTP path, a gRPC health check, or a command such as `redis-cli ping`.',
          command: 'rekindle harden --apply --only readiness',
        },
      };
    }),
});
