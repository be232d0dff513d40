import { dnsAnswers } from '../../domain/dns-answers.ts';
import { hostName } from '../../domain/host-names.ts';
import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';

/**
 * The cluster's DNS does not know the host any more. k3d adds the name only when it starts a cluster itself; after a boot
 * the engine's restart policy starts the nodes first, k3s lays out its list of names anew, and the name is gone
 * (k3d-io/k3d#1221, #926, #1112). What pods reach on the host (a registry, a database) fails then.
 */
export const hostNameMissing = defineFault({
  id: 'host-name-missing',
  layer: 'dns',
  title: 'Pods cannot find the host by its name',
  check: (observation, { stack }) => {
    const dns = seen(observation.dns);
    const names = dns?.hostNames;
    const gateway = seen(observation.containers)?.find(
      ({ role, state }) => role === 'server' && state === 'running',
    )?.gateway;
    if (stack.cluster.provider !== 'k3d' || !dnsAnswers(dns) || names === undefined) return [];
    if (names.includes(hostName) || gateway === undefined) return [];
    return [
      {
        fault: 'host-name-missing',
        layer: 'dns',
        object: { kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' },
        claim: `The cluster's DNS does not know ${hostName} any more: k3d adds it only when it starts the cluster itself.`,
        kind: 'notice',
        evidence: [
          {
            object: 'ConfigMap kube-system/coredns',
            field: 'data.NodeHosts, names',
            value: names.join(', ') || 'none',
            at: observation.at,
          },
          { object: 'engine', field: "gateway of the cluster's network", value: gateway, at: observation.at },
        ],
        causedBy: [],
      },
    ];
  },
  remedy: (finding, observation) => [
    {
      step: 'restore-host-names',
      target: finding.object,
      risk: 'safe',
      because: finding.fault,
      reason: 'It is what k3d does at a start of its own; names that are there stay as they are.',
      provenBy: 'the list of names holds the host',
      undo: `kubectl -n kube-system edit configmap coredns (take the line of ${hostName} out of NodeHosts)`,
      evidenceAt: observation.at,
      parameters: {},
    },
  ],
});
