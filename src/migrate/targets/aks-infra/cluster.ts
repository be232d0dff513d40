import {
  attribute,
  block,
  map,
  text,
  variable,
  type Arguments,
  type Resource,
  type Subject,
} from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';
import { databasePool } from '../../rewrites/database-pool.ts';

const zones = ['1', '2', '3'];

/** In whose group and where. */
export const place: Arguments = {
  resource_group_name: attribute('group', 'name'),
  location: attribute('group', 'location'),
};

/** A right on something, for an identity. */
export function right(key: string, name: string, on: string, who: Arguments[string]): Resource {
  return {
    key,
    type: 'azurerm_role_assignment',
    pulumi: 'azure.authorization.Assignment',
    arguments: { scope: attribute(on, 'id'), role_definition_name: name, principal_id: who },
  };
}

/** An identity that one service account of the cluster takes, without a key. */
export function identityFor(key: string, account: string, comment: string): readonly Resource[] {
  return [
    {
      key,
      type: 'azurerm_user_assigned_identity',
      pulumi: 'azure.authorization.UserAssignedIdentity',
      comment,
      arguments: { name: text`${variable('name')}-${key}`, ...place },
    },
    {
      key: `${key}_account`,
      type: 'azurerm_federated_identity_credential',
      pulumi: 'azure.armmsi.FederatedIdentityCredential',
      arguments: {
        name: key,
        resource_group_name: attribute('group', 'name'),
        parent_id: attribute(key, 'id'),
        audience: ['api://AzureADTokenExchange'],
        issuer: attribute('cluster', 'oidc_issuer_url'),
        subject: `system:serviceaccount:${account}`,
      },
      single: ['audience'],
    },
  ];
}

/** AKS in three zones (provider azurerm, docs/resources/kubernetes_cluster; learn.microsoft.com/azure/aks/availability-zones). */
export function cluster(needs: Needs): Subject {
  const databaseNodes: Resource = {
    key: 'database_nodes',
    type: 'azurerm_kubernetes_cluster_node_pool',
    pulumi: 'azure.containerservice.KubernetesClusterNodePool',
    comment: 'One member of the database a zone, on a node that nothing else uses.',
    arguments: {
      name: 'database',
      kubernetes_cluster_id: attribute('cluster', 'id'),
      vm_size: variable('database_machine_type'),
      zones,
      node_count: 3,
      vnet_subnet_id: attribute('nodes', 'id'),
      node_labels: map({ [databasePool.label]: databasePool.value }),
      node_taints: [`${databasePool.taint}=${databasePool.value}:NoSchedule`],
      upgrade_settings: block({ max_surge: '1' }),
    },
  };
  return {
    name: 'cluster',
    about: 'The group of everything, the network, the cluster and its nodes in three zones.',
    parts: [
      {
        key: 'group',
        type: 'azurerm_resource_group',
        pulumi: 'azure.core.ResourceGroup',
        arguments: { name: variable('name'), location: variable('region') },
        isKept: true,
      },
      {
        key: 'network',
        type: 'azurerm_virtual_network',
        pulumi: 'azure.network.VirtualNetwork',
        arguments: { name: variable('name'), ...place, address_space: ['10.64.0.0/16'] },
        renamed: { address_space: 'addressSpaces' },
      },
      {
        key: 'nodes',
        type: 'azurerm_subnet',
        pulumi: 'azure.network.Subnet',
        arguments: {
          name: 'nodes',
          resource_group_name: attribute('group', 'name'),
          virtual_network_name: attribute('network', 'name'),
          address_prefixes: ['10.64.0.0/20'],
        },
      },
      {
        key: 'cluster',
        type: 'azurerm_kubernetes_cluster',
        pulumi: 'azure.containerservice.KubernetesCluster',
        comment:
          'Only members of the group in Entra ID get in, from the named addresses; there is no account of the cluster’s own.',
        arguments: {
          name: variable('name'),
          ...place,
          dns_prefix: variable('name'),
          // With a service level agreement for the control plane, which is in all zones.
          sku_tier: 'Standard',
          oidc_issuer_enabled: true,
          workload_identity_enabled: true,
          local_account_disabled: true,
          automatic_upgrade_channel: 'patch',
          node_os_upgrade_channel: 'NodeImage',
          default_node_pool: block({
            name: 'general',
            vm_size: variable('machine_type'),
            zones,
            auto_scaling_enabled: true,
            min_count: 3,
            max_count: variable('most_nodes'),
            vnet_subnet_id: attribute('nodes', 'id'),
            temporary_name_for_rotation: 'rotation',
            upgrade_settings: block({ max_surge: '1' }),
          }),
          identity: block({ type: 'SystemAssigned' }),
          network_profile: block({
            network_plugin: 'azure',
            network_plugin_mode: 'overlay',
            network_policy: 'cilium',
            network_data_plane: 'cilium',
            load_balancer_sku: 'standard',
            pod_cidr: '10.68.0.0/14',
            service_cidr: '10.72.0.0/20',
            dns_service_ip: '10.72.0.10',
          }),
          azure_active_directory_role_based_access_control: block({
            azure_rbac_enabled: true,
            admin_group_object_ids: [variable('admin_group_id')],
          }),
          api_server_access_profile: block({ authorized_ip_ranges: variable('admin_ranges') }),
          maintenance_window_auto_upgrade: block({
            frequency: 'Weekly',
            interval: 1,
            duration: 4,
            day_of_week: 'Sunday',
            start_time: text`${variable('quiet_hour')}:00`,
            utc_offset: '+00:00',
          }),
        },
        isKept: true,
      },
      right(
        'cluster_network',
        'Network Contributor',
        'group',
        attribute(
          'cluster',
          'identity[0].principal_id',
          'identity.apply((identity) => identity!.principalId!)',
        ),
      ),
      ...(needs.cluster === undefined ? [] : [databaseNodes]),
    ],
  };
}
