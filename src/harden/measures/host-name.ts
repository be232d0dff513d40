import { hostName } from '../../domain/host-names.ts';
import { fact } from '../facts.ts';
import type { DnsSetup, HardenInventory } from '../inventory.ts';
import { measureId, undoBy, type Change, type JudgeMeasure } from '../measure.ts';

/** The ConfigMap that people may give to CoreDNS; k3s mounts it and never writes it. */
export const customServers = { namespace: 'kube-system', name: 'coredns-custom' } as const;

/** CoreDNS imports `*.server` of it (k3s manifests/coredns.yaml). */
const key = 'rekindle-host.server';

/** A name that only this zone has: who is told it has read the zone. */
export const proofName = `rekindle.${hostName}`;

/**
 * A zone of its own. Not an `*.override`: that is read into the server block that has the `hosts` plug-in already, which may
 * be used once a block (coredns plugin/hosts, README), and CoreDNS would not start any more.
 */
export function hostZone(address: string): string {
  return `${hostName}:53 {
    errors
    hosts {
        ttl 60
        ${address} ${hostName} ${proofName}
    }
}
`;
}

const nothing = (reason: string): Change => ({ by: 'nothing', reason });

function changeOf({ readsCustomServers, custom = {}, hostAddress }: DnsSetup): Change {
  if (!readsCustomServers)
    return nothing(
      'It would not help: this cluster’s CoreDNS does not read the ConfigMap coredns-custom. `rekindle up` puts a lost name back into NodeHosts.',
    );
  const other = Object.entries(custom).find(([name, text]) => name !== key && text.includes(hostName));
  if (other !== undefined) return nothing(`${other[0]} of coredns-custom names ${hostName} already.`);
  if (hostAddress === undefined) return nothing('The host’s address on the cluster’s network is not known.');
  return { by: 'patch', patch: { data: { [key]: hostZone(hostAddress) } }, restarts: 0 };
}

function addressFacts(inventory: HardenInventory, dns: DnsSetup) {
  const object = { kind: 'ConfigMap', ...customServers };
  const map = { kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' };
  return [
    fact(inventory, map, 'NodeHosts', dns.listHoldsHost ? `holds ${hostName}` : `does not hold ${hostName}`),
    fact(inventory, object, dns.addressFrom, dns.hostAddress ?? 'not known'),
  ];
}

/**
 * The host's name where a boot does not lose it. k3d writes it into NodeHosts only when it starts the nodes itself, and at a
 * boot Docker does (k3d v5.8.3 pkg/client/cluster.go, ClusterStart; k3d#1221). k3s reads coredns-custom since v1.22
 * (k3s#4397; docs.k3s.io, Advanced Options, CoreDNS Custom Configuration Imports).
 */
export const hostNameMeasure: JudgeMeasure = (inventory, { faults }) => {
  if (!inventory.dns.looked) return [];
  const dns = inventory.dns.value;
  const object = { kind: 'ConfigMap', ...customServers };
  const id = measureId('host-name', object);
  const lost = faults.get('host-name-missing')?.count ?? 0;
  return [
    {
      id,
      name: 'host-name',
      object,
      what: `CoreDNS knows ${hostName} from its own configuration, whoever starts the nodes.`,
      why: `k3d tells the DNS the host’s name only when it starts the nodes itself; at a boot Docker starts them, and pods that need the host do not find it.`,
      evidence: [
        ...addressFacts(inventory, dns),
        fact(inventory, object, 'host name missing, in the journal', `${lost} time(s)`),
      ],
      change: changeOf(dns),
      undo: undoBy(id),
      cannot: [
        'It follows no change of the address: that is the cluster’s Docker network’s, and stays while that network is there.',
        'Nodes do not ask this DNS: an image from a registry on the host still needs their /etc/hosts (`rekindle up`).',
        'The kubelet takes a minute to give a new ConfigMap to CoreDNS, which then reads it by itself.',
      ],
    },
  ];
};
