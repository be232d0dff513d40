import {
  attribute,
  block,
  blocks,
  map,
  text,
  variable,
  type Arguments,
  type Resource,
  type Subject,
} from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';
import { databasePool } from '../../rewrites/database-pool.ts';

const nodeAccount = attribute('node_account', 'email');

function nodeConfig(machineType: string, more: Arguments): Arguments {
  return {
    machine_type: variable(machineType),
    image_type: 'COS_CONTAINERD',
    disk_type: 'pd-balanced',
    // The whole quota of a new project for SSD, which pd-balanced counts in, is 500 GB a region.
    disk_size_gb: 50,
    service_account: nodeAccount,
    // What the nodes may do is said by their account's roles, not by scopes.
    oauth_scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    metadata: map({ 'disable-legacy-endpoints': 'true' }),
    ...more,
    workload_metadata_config: block({ mode: 'GKE_METADATA' }),
    shielded_instance_config: block({ enable_secure_boot: true, enable_integrity_monitoring: true }),
  };
}

function pool(key: string, config: Arguments, most: Arguments, comment: string): Resource {
  return {
    key,
    type: 'google_container_node_pool',
    pulumi: 'gcp.container.NodePool',
    comment,
    arguments: {
      name: key.replaceAll('_', '-'),
      cluster: attribute('cluster', 'id'),
      node_locations: variable('zones'),
      initial_node_count: 1,
      autoscaling: block({ min_node_count: 1, ...most, location_policy: 'BALANCED' }),
      management: block({ auto_repair: true, auto_upgrade: true }),
      upgrade_settings: block({ strategy: 'SURGE', max_surge: 1, max_unavailable: 0 }),
      node_config: block(config),
    },
    // The autoscaler changes it; to set it again would make the pool anew.
    ignore: ['initial_node_count'],
  };
}

function pools({ database }: Needs): readonly Resource[] {
  const general = pool(
    'general_nodes',
    nodeConfig('machine_type', { labels: map({ [databasePool.label]: 'general' }) }),
    { max_node_count: variable('most_nodes_per_zone') },
    'One node in each zone at least, so that one zone may go.',
  );
  if (database === 'managed') return [general];
  const taint = { key: databasePool.taint, value: databasePool.value, effect: 'NO_SCHEDULE' };
  return [
    general,
    pool(
      'database_nodes',
      nodeConfig('database_machine_type', {
        labels: map({ [databasePool.label]: databasePool.value }),
        taint: blocks([taint]),
      }),
      { max_node_count: 1 },
      'One member of the database a zone, on a node that nothing else uses.',
    ),
  ];
}

/**
 * A regional cluster: its control plane and its nodes are in three zones. Fields and defaults: provider google,
 * docs/resources/container_cluster; docs.cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster.
 */
export function cluster(needs: Needs): Subject {
  return {
    name: 'cluster',
    about: 'The cluster: control plane and nodes in three zones, nodes without public addresses.',
    parts: [
      {
        key: 'node_account',
        type: 'google_service_account',
        pulumi: 'gcp.serviceaccount.Account',
        comment:
          'As whom the nodes act. Not the default account of Compute Engine, which may often change everything.',
        arguments: {
          account_id: text`${variable('name')}-nodes`,
          display_name: text`Nodes of ${variable('name')}`,
        },
        after: ['api'],
      },
      {
        key: 'node_role',
        type: 'google_project_iam_member',
        pulumi: 'gcp.projects.IAMMember',
        arguments: {
          project: variable('project_id'),
          role: 'roles/container.defaultNodeServiceAccount',
          member: text`serviceAccount:${nodeAccount}`,
        },
      },
      {
        key: 'cluster',
        type: 'google_container_cluster',
        pulumi: 'gcp.container.Cluster',
        comment:
          'The control plane is reached by its DNS name, which wants a login of Google Cloud and the permission container.clusters.connect; it has no address that anybody can knock at.\nThe default pool is replaced by the pools below.',
        arguments: {
          name: variable('name'),
          location: variable('region'),
          node_locations: variable('zones'),
          network: attribute('network', 'id'),
          subnetwork: attribute('nodes', 'id'),
          networking_mode: 'VPC_NATIVE',
          // Enforces NetworkPolicies.
          datapath_provider: 'ADVANCED_DATAPATH',
          remove_default_node_pool: true,
          initial_node_count: 1,
          deletion_protection: true,
          enable_shielded_nodes: true,
          ip_allocation_policy: block({
            cluster_secondary_range_name: 'pods',
            services_secondary_range_name: 'services',
          }),
          private_cluster_config: block({ enable_private_nodes: true }),
          control_plane_endpoints_config: block({
            dns_endpoint_config: block({ allow_external_traffic: true }),
            ip_endpoints_config: block({ enabled: false }),
          }),
          workload_identity_config: block({ workload_pool: text`${variable('project_id')}.svc.id.goog` }),
          release_channel: block({ channel: 'REGULAR' }),
          gateway_api_config: block({ channel: 'CHANNEL_STANDARD' }),
          addons_config: block({
            gcs_fuse_csi_driver_config: block({ enabled: true }),
            gce_persistent_disk_csi_driver_config: block({ enabled: true }),
            gke_backup_agent_config: block({ enabled: true }),
            http_load_balancing: block({ disabled: false }),
          }),
          logging_config: block({ enable_components: ['SYSTEM_COMPONENTS', 'WORKLOADS'] }),
          monitoring_config: block({
            enable_components: ['SYSTEM_COMPONENTS', 'STORAGE', 'POD', 'DEPLOYMENT', 'STATEFULSET'],
            managed_prometheus: block({ enabled: true }),
          }),
          maintenance_policy: block({
            daily_maintenance_window: block({ start_time: text`${variable('quiet_hour')}:00` }),
          }),
          node_config: block({
            service_account: nodeAccount,
            disk_size_gb: 50,
            oauth_scopes: ['https://www.googleapis.com/auth/cloud-platform'],
            shielded_instance_config: block({ enable_secure_boot: true, enable_integrity_monitoring: true }),
          }),
        },
        after: ['node_role', 'nat'],
        isKept: true,
        ignore: ['node_config'],
      },
      ...pools(needs),
    ],
  };
}
