import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { eachServing, fieldOf, type Subject } from '../judging/subjects.ts';
import type { ProbeSpec } from '../world/pod-spec.ts';

/** What a probe asks, without how often. */
function question({ httpGet, tcpSocket, exec, grpc }: ProbeSpec): string {
  return JSON.stringify([
    httpGet?.path,
    httpGet?.port,
    tcpSocket?.port,
    exec?.command,
    grpc?.port,
    grpc?.service,
  ]);
}

/** The same in words. Arguments of a command, and what follows a path, are left out: people put passwords there. */
function inWords({ httpGet, tcpSocket, exec, grpc }: ProbeSpec): string {
  if (httpGet) return `GET ${httpGet.path.replace(/\?.*$/, '')} on port ${httpGet.port}`;
  if (tcpSocket) return `a connection to port ${tcpSocket.port}`;
  if (exec) return `a command (${exec.command[0] ?? 'none'})`;
  return grpc ? `gRPC health on port ${grpc.port} ${grpc.service ?? ''}`.trim() : 'nothing';
}

function judge(subject: Subject) {
  const { workload, container } = subject;
  const { livenessProbe: live, readinessProbe: ready } = container;
  if (!live || !ready || question(live) !== question(ready)) return undefined;
  const same = inWords(live);
  // Only a page can be seen to be one that may ask further; a connection, or the program's own client, asks the process.
  const asksPage = Boolean(live.httpGet);
  return {
    object: workload.ref,
    container: container.name,
    severity: asksPage ? ('medium' as const) : ('low' as const),
    claim: `Liveness and readiness of ${container.name} ask the same: ${same}. When a dependency fails that question, the pods are killed too.`,
    evidence: [
      [fieldOf(subject, 'livenessProbe'), inWords(live)],
      [fieldOf(subject, 'readinessProbe'), inWords(ready)],
    ] as const,
    advice: {
      say: 'Let liveness ask only the process itself: a path that touches no database, no cache and no other service.',
      command: edit(workload.ref),
    },
  };
}

/** A restart does not mend a dependency, and adds a slow start to the outage. */
export const probesIdentical = defineCheck({
  id: 'probes-identical',
  title: 'Liveness asks the same as readiness',
  severity: 'medium',
  why: 'Readiness may ask through to the database; then liveness kills every pod at once when the database is away, and the outage lasts longer than its cause.',
  source: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) => eachServing(world, judge),
});
