import { defineCheck, type Draft } from '../define-check.ts';
import { hardenPatches } from '../judging/commands.ts';
import { eachServing, fieldOf, type Subject } from '../judging/subjects.ts';
import type { ContainerSpec } from '../world/pod-spec.ts';

/** Commands that look at a file or a process, or at nothing (POSIX utilities, procps): none asks the program for an answer. */
const empty = /^(?:\/(?:usr\/)?s?bin\/)?(true|:|echo|sleep|ls|stat|cat|test|\[|pgrep|pidof|ps)$/;

/** What makes it Ready, and where that is written; undefined: an answer of the program, as far as its text shows. */
function little({
  readinessProbe: probe,
}: ContainerSpec): readonly [field: string, value: string, when: string] | undefined {
  const port = probe?.tcpSocket?.port;
  if (port !== undefined)
    return ['tcpSocket.port', String(port), `as soon as port ${port} accepts a connection`];
  const [program = ''] = probe?.exec?.command ?? [];
  const name = empty.exec(program)?.[1];
  return name === undefined
    ? undefined
    : ['exec.command[0]', program, `whenever \`${name}\` succeeds, which asks it nothing`];
}

function judge(subject: Subject): Draft | undefined {
  const { workload, container } = subject;
  const found = little(container);
  if (found === undefined) return undefined;
  const [field, value, when] = found;
  return {
    object: workload.ref,
    container: container.name,
    claim: `Container ${container.name} is Ready ${when}.`,
    evidence: [[fieldOf(subject, `readinessProbe.${field}`), value]],
    advice: {
      say: 'Ask for an answer instead: an HTTP path, a gRPC health check, or a command such as `redis-cli ping`.',
      ...(field === 'tcpSocket.port' && hardenPatches('readiness', workload.ref)),
    },
  };
}

/** Of readiness only: that a liveness probe asks for little is right. */
export const probeProvesLittle = defineCheck({
  id: 'probe-proves-little',
  title: 'A readiness probe that proves little',
  severity: 'medium',
  why: 'A process that accepts a connection may still answer nothing: Redis while it loads its file, a web server whose workers hang. Ready is then not working.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#probe-check-methods',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) => eachServing(world, judge),
});
