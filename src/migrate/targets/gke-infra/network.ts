import { attribute, block, text, variable, type Subject } from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';

/** Services of Google Cloud that have to be on in the project. */
function apis({ database, storedSecrets }: Needs): readonly string[] {
  return [
    'artifactregistry',
    'certificatemanager',
    'cloudresourcemanager',
    'compute',
    'container',
    'dns',
    'gkebackup',
    'iam',
    'monitoring',
    ...(storedSecrets.length > 0 ? ['secretmanager'] : []),
    ...(database === 'managed' ? ['servicenetworking', 'sqladmin'] : []),
    'storage',
  ].map((api) => `${api}.googleapis.com`);
}

const after = ['api'];

/** The project's services and a network of its own without public addresses. */
export function network(needs: Needs): Subject {
  const shared: Subject['parts'] =
    needs.database === 'managed'
      ? [
          {
            key: 'database_range',
            type: 'google_compute_global_address',
            pulumi: 'gcp.compute.GlobalAddress',
            comment: 'Addresses for Cloud SQL, which is reached inside of this network only.',
            arguments: {
              name: text`${variable('name')}-database`,
              purpose: 'VPC_PEERING',
              address_type: 'INTERNAL',
              prefix_length: 20,
              network: attribute('network', 'id'),
            },
          },
          {
            key: 'database_peering',
            type: 'google_service_networking_connection',
            pulumi: 'gcp.servicenetworking.Connection',
            arguments: {
              network: attribute('network', 'id'),
              service: 'servicenetworking.googleapis.com',
              reserved_peering_ranges: [attribute('database_range', 'name')],
            },
          },
        ]
      : [];
  return {
    name: 'network',
    about: 'A network of its own. Nodes have no public addresses; they reach the internet through NAT.',
    parts: [
      {
        key: 'api',
        type: 'google_project_service',
        pulumi: 'gcp.projects.Service',
        comment: 'Left on when this program takes everything down: other things in the project may use them.',
        arguments: { service: { kind: 'each' }, disable_on_destroy: false },
        each: apis(needs),
      },
      {
        key: 'network',
        type: 'google_compute_network',
        pulumi: 'gcp.compute.Network',
        arguments: { name: variable('name'), auto_create_subnetworks: false },
        after,
      },
      {
        key: 'nodes',
        type: 'google_compute_subnetwork',
        pulumi: 'gcp.compute.Subnetwork',
        arguments: {
          name: text`${variable('name')}-nodes`,
          region: variable('region'),
          network: attribute('network', 'id'),
          ip_cidr_range: variable('node_range'),
          private_ip_google_access: true,
          secondary_ip_range: {
            kind: 'blocks',
            list: [
              { range_name: 'pods', ip_cidr_range: variable('pod_range') },
              { range_name: 'services', ip_cidr_range: variable('service_range') },
            ],
          },
        },
      },
      {
        key: 'router',
        type: 'google_compute_router',
        pulumi: 'gcp.compute.Router',
        arguments: {
          name: text`${variable('name')}-router`,
          region: variable('region'),
          network: attribute('network', 'id'),
        },
      },
      {
        key: 'nat',
        type: 'google_compute_router_nat',
        pulumi: 'gcp.compute.RouterNat',
        arguments: {
          name: text`${variable('name')}-nat`,
          region: variable('region'),
          router: attribute('router', 'name'),
          nat_ip_allocate_option: 'AUTO_ONLY',
          source_subnetwork_ip_ranges_to_nat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
          log_config: block({ enable: true, filter: 'ERRORS_ONLY' }),
        },
      },
      ...shared,
    ],
  };
}
