import { stringify } from 'yaml';

import type { ClusterDefinition, Listed } from './definition.ts';
import { restoreLabel } from './restore-label.ts';

const every = ['server:*', 'agent:*', 'loadbalancer'];

/** One entry for each value, in order. */
function entries<Name extends string>(lists: readonly Listed[], name: Name) {
  return lists.flatMap(({ values, nodes }) =>
    values.map((value) => ({ [name]: value, nodeFilters: nodes }) as Record<Name, string>),
  );
}

function filters({ servers, agents, loadBalancerImage }: ClusterDefinition): readonly string[] {
  return every.filter(
    (filter) =>
      (filter !== 'agent:*' || agents > 0) &&
      (filter !== 'server:*' || servers > 0) &&
      (filter !== 'loadbalancer' || loadBalancerImage !== undefined),
  );
}

function apiOf({ api: { host, hostIp, hostPort } }: ClusterDefinition) {
  return {
    ...(host !== '' && host !== hostIp && { host }),
    ...(hostIp !== '' && { hostIP: hostIp }),
    ...(hostPort !== '' && { hostPort }),
  };
}

function registriesOf({ registries: { use, config } }: ClusterDefinition) {
  if (use.length === 0 && config === undefined) return {};
  return { registries: { ...(use.length > 0 && { use }), ...(config !== undefined && { config }) } };
}

function runtimeOf(definition: ClusterDefinition, restore: string) {
  const { serversMemoryBytes, agentsMemoryBytes, containerLabels } = definition;
  return {
    ...(serversMemoryBytes > 0 && { serversMemory: String(serversMemoryBytes) }),
    ...(agentsMemoryBytes > 0 && { agentsMemory: String(agentsMemoryBytes) }),
    labels: [
      { label: `${restoreLabel}=${restore}`, nodeFilters: filters(definition) },
      ...entries(containerLabels, 'label'),
    ],
  };
}

/**
 * The configuration for `k3d cluster create` (k3d.io/v1alpha5) that makes the cluster as it was, with every container marked by the id of
 * this restore. The user's kubeconfig is left alone. Pure.
 */
export function k3dConfigOf(definition: ClusterDefinition, restore: string): string {
  const { name, servers, agents, image, network, subnet, ports, volumes, environment, nodeLabels } =
    definition;
  return stringify({
    apiVersion: 'k3d.io/v1alpha5',
    kind: 'Simple',
    metadata: { name },
    servers,
    agents,
    image: image.name,
    kubeAPI: apiOf(definition),
    ...(network !== undefined && { network }),
    ...(subnet !== undefined && { subnet }),
    ports: ports.map(({ port, nodes }) => ({ port, nodeFilters: nodes })),
    volumes: volumes.map(({ volume, nodes }) => ({ volume, nodeFilters: nodes })),
    env: entries(environment, 'envVar'),
    ...(definition.hostAliases.length > 0 && { hostAliases: definition.hostAliases }),
    ...registriesOf(definition),
    options: {
      k3d: {
        wait: true,
        timeout: '600s',
        ...(definition.loadBalancerImage === undefined && { disableLoadbalancer: true }),
      },
      k3s: {
        extraArgs: entries(definition.arguments, 'arg'),
        nodeLabels: entries(nodeLabels, 'label'),
      },
      kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
      runtime: runtimeOf(definition, restore),
    },
  });
}

/** Whether a load balancer is k3d's own, which fits the version of the k3d that makes it. Pure. */
export function isUsualLoadBalancer(image: string): boolean {
  return /(^|\/)k3d-proxy(:|@|$)/.test(image);
}

/** A load balancer of somebody's own is named by a variable (k3d.io, Environment variables). Pure. */
export function k3dEnvironmentOf({ loadBalancerImage }: ClusterDefinition): Readonly<Record<string, string>> {
  if (loadBalancerImage === undefined || isUsualLoadBalancer(loadBalancerImage.name)) return {};
  return { K3D_IMAGE_LOADBALANCER: loadBalancerImage.name };
}
