import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';
import { replicasToRestore, scaledByText, scaledToZeroEvidence } from '../scaled-to-zero.ts';

/**
 * The cluster's DNS was scaled to 0. Nothing that looks a name up can work, and no part of a cluster can do without it,
 * so this is not taken for a wish as it is for a workload of the stack: it is scaled up, to what the manifest says.
 */
export const dnsScaledToZero = defineFault({
  id: 'dns-scaled-to-zero',
  layer: 'dns',
  title: 'The cluster DNS was scaled to 0',
  check: (observation) =>
    (seen(observation.dns)?.workloads ?? [])
      .filter(({ wanted }) => wanted === 0)
      .map((workload) => ({
        fault: 'dns-scaled-to-zero',
        layer: 'dns' as const,
        object: { kind: workload.kind, namespace: workload.namespace, name: workload.name },
        claim: `The cluster has no DNS server: ${workload.name} was scaled to 0${scaledByText(workload)}.`,
        kind: 'broken' as const,
        evidence: scaledToZeroEvidence(workload, observation.at),
        causedBy: [],
      })),
  remedy: (finding, observation) => {
    const workload = seen(observation.dns)?.workloads?.find(({ name }) => name === finding.object.name);
    if (workload === undefined) return [];
    return [
      {
        step: 'scale-up',
        target: finding.object,
        risk: 'safe',
        because: finding.fault,
        reason: 'No name of the cluster has an address without it; nothing that runs is touched.',
        provenBy: 'a pod of it is ready',
        undo: `kubectl -n ${workload.namespace} scale deployment/${workload.name} --replicas=0`,
        evidenceAt: observation.at,
        parameters: { replicas: String(replicasToRestore(workload)) },
      },
    ];
  },
});
