import { attribute, blocks, text, variable, type Resource, type Subject } from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';
import { identityFor, place, right } from './cluster.ts';

function address(needs: Needs): readonly Resource[] {
  const certificates: readonly Resource[] = needs.settings.includes('CERTIFICATE_IDENTITY')
    ? [
        ...identityFor(
          'certificates',
          'cert-manager:cert-manager',
          'cert-manager may write into the zone as this, to prove the domain.',
        ),
        right('certificates_zone', 'DNS Zone Contributor', 'zone', attribute('certificates', 'principal_id')),
      ]
    : [];
  return certificates;
}

/** The address and the names; the certificate is made in the cluster, by cert-manager. */
export function frontDoor(needs: Needs): Subject {
  return {
    name: 'front-door',
    about:
      'The address and the names. The certificate is made in the cluster, by cert-manager, before customers come.',
    parts: [
      {
        key: 'front_door',
        type: 'azurerm_public_ip',
        pulumi: 'azure.network.PublicIp',
        arguments: {
          name: text`${variable('name')}-front-door`,
          ...place,
          allocation_method: 'Static',
          sku: 'Standard',
          zones: ['1', '2', '3'],
        },
        isKept: true,
      },
      {
        key: 'zone',
        type: 'azurerm_dns_zone',
        pulumi: 'azure.dns.Zone',
        comment: 'To be delegated to by whoever owns the domain above it: output name_servers.',
        arguments: { name: variable('domain'), resource_group_name: attribute('group', 'name') },
        isKept: true,
      },
      ...address(needs),
      {
        key: 'front_door_record',
        type: 'azurerm_dns_a_record',
        pulumi: 'azure.dns.ARecord',
        comment: 'Where customers are sent. The cut-over and the way back are one value: serve_from.',
        arguments: {
          name: '@',
          zone_name: attribute('zone', 'name'),
          resource_group_name: attribute('group', 'name'),
          ttl: variable('dns_ttl'),
          records: [
            {
              kind: 'choice',
              test: { variable: 'serve_from', is: 'new' },
              chosen: attribute('front_door', 'ip_address'),
              otherwise: variable('old_address'),
            },
          ],
        },
        onlyUnless: [{ variable: 'serve_from', is: 'nowhere' }],
      },
      {
        key: 'people',
        type: 'azurerm_monitor_action_group',
        pulumi: 'azure.monitoring.ActionGroup',
        arguments: {
          name: text`${variable('name')}-people`,
          resource_group_name: attribute('group', 'name'),
          short_name: 'people',
          email_receiver: blocks([{ name: 'people', email_address: variable('alert_email') }]),
        },
      },
      {
        key: 'nodes_silent',
        type: 'azurerm_monitor_metric_alert',
        pulumi: 'azure.monitoring.MetricAlert',
        comment: 'Nothing asks the front door from outside: see README.md.',
        arguments: {
          name: text`${variable('name')}-nodes-not-ready`,
          resource_group_name: attribute('group', 'name'),
          scopes: [attribute('cluster', 'id')],
          description: 'A node of the cluster is not ready',
          criteria: blocks(
            [
              {
                metric_namespace: 'Microsoft.ContainerService/managedClusters',
                metric_name: 'kube_node_status_condition',
                aggregation: 'Average',
                operator: 'GreaterThan',
                threshold: 0,
                dimension: blocks([{ name: 'status2', operator: 'Include', values: ['NotReady'] }]),
              },
            ],
            'criterias',
          ),
          action: blocks([{ action_group_id: attribute('people', 'id') }]),
        },
      },
    ],
  };
}
