import { isIPv4 } from 'node:net';

import { z } from 'zod';

import { hostName } from '../../domain/host-names.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import type { Fields } from '../fields/fields.ts';
import type { DnsSetup } from '../inventory.ts';
import { customServers } from '../measures/host-name.ts';

const maps = '/api/v1/namespaces/kube-system/configmaps';

const deploymentShape = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        volumes: z
          .array(
            z.object({ name: z.string(), configMap: z.object({ name: z.string().optional() }).optional() }),
          )
          .default([]),
      }),
    }),
  }),
});

const dataOf = (map: Fields | undefined) => (map?.['data'] ?? {}) as Readonly<Record<string, string>>;

/** The line of an /etc/hosts list that names the host. */
function addressIn(list: string): string | undefined {
  const line = list.split('\n').find((entry) => entry.trim().split(/\s+/).slice(1).includes(hostName));
  return line?.trim().split(/\s+/)[0];
}

/** k3d's own word first; else the gateway of the cluster's network, which is what k3d would write on Linux. */
function addressOf(
  list: string,
  nodes: readonly NodeContainer[],
): Pick<DnsSetup, 'hostAddress' | 'addressFrom'> {
  const listed = addressIn(list);
  const gateway = nodes.find((node) => node.gateway !== undefined)?.gateway;
  const address = listed ?? gateway;
  const addressFrom =
    listed === undefined ? 'gateway of the nodes’ network' : 'NodeHosts of ConfigMap coredns';
  // It becomes part of CoreDNS's configuration.
  return address !== undefined && isIPv4(address) ? { hostAddress: address, addressFrom } : { addressFrom };
}

/** Whether the volumes of the DNS's pods hold that ConfigMap. */
function mounts(deployment: KubeObject | undefined): boolean {
  if (deployment === undefined) return false;
  const { volumes } = deploymentShape.parse(deployment).spec.template.spec;
  return volumes.some(({ configMap }) => configMap?.name === customServers.name);
}

/** REST path of the ConfigMap that people may give to CoreDNS. */
export const customPath = `${maps}/${customServers.name}`;

/** How the cluster's DNS is set up. `custom` is coredns-custom without this program's own keys, or undefined. */
export async function collectDnsSetup(
  reader: Pick<ClusterReader, 'get'>,
  nodes: readonly NodeContainer[],
  custom: Fields | undefined,
): Promise<DnsSetup> {
  const [map, deployment] = await Promise.all([
    reader.get(`${maps}/coredns`),
    reader.get('/apis/apps/v1/namespaces/kube-system/deployments/coredns'),
  ]);
  const { Corefile = '', NodeHosts = '' } = dataOf(map);
  const imports = /^\s*import\s+\S*\*\.server\s*$/m.test(Corefile);
  return {
    readsCustomServers: imports && mounts(deployment),
    listHoldsHost: addressIn(NodeHosts) !== undefined,
    ...addressOf(NodeHosts, nodes),
    ...(custom !== undefined && { custom: dataOf(custom) }),
  };
}
