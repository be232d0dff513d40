import { sizeAdvice } from '../../infra/advice.ts';
import { commonVariables } from '../../infra/common-variables.ts';
import {
  attribute,
  block,
  text,
  variable,
  type Output,
  type Program,
  type Value,
  type Variable,
} from '../../infra/model.ts';
import { settingsOutput } from '../../infra/settings-output.ts';
import type { Needs } from '../../needs.ts';
import type { SettingName } from '../../settings.ts';
import { cluster } from './cluster.ts';
import { frontDoor } from './front-door.ts';
import { storage } from './storage.ts';

const size = {
  matches: '^Standard_[A-Za-z]+[0-9]+[A-Za-z0-9_-]*$',
  says: 'A size of virtual machines, such as Standard_D4s_v5.',
} as const;

function variables(needs: Needs): readonly Variable[] {
  return [
    {
      name: 'subscription_id',
      type: 'string',
      description: 'Id of the subscription that pays for everything.',
      pulumiKey: 'azure:subscriptionId',
      check: {
        matches: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
        says: 'The id of a subscription: az account show --query id.',
      },
    },
    {
      name: 'region',
      type: 'string',
      description:
        'Region of everything: near the customers, where their data may be kept, and one that has three zones.',
      pulumiKey: 'azure:location',
      check: { matches: '^[a-z0-9]+$', says: 'A region by its short name, such as westeurope.' },
    },
    {
      name: 'unique_name',
      type: 'string',
      description:
        'Beginning of names that nobody else in Azure may have: of the registry, the storage accounts and the vault.',
      check: {
        matches: '^[a-z][a-z0-9]{2,15}$',
        says: '3 to 16 lower case letters and digits; a letter first.',
      },
    },
    ...commonVariables(needs),
    {
      name: 'admin_group_id',
      type: 'string',
      description:
        'Object id of the group in Entra ID whose members administer the cluster and write into the vault, you among them: az ad group show.',
      check: { matches: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', says: 'The object id of a group.' },
    },
    {
      name: 'admin_ranges',
      type: 'list(string)',
      description:
        'Addresses (CIDR) from which kubectl may reach the cluster: of your office or VPN. A login is needed as well.',
    },
    {
      name: 'machine_type',
      type: 'string',
      description: `Size of the general nodes, of which there is at least one in each zone. ${sizeAdvice(needs)}`,
      check: size,
    },
    {
      name: 'most_nodes',
      type: 'number',
      description:
        'The most general nodes in all zones: the autoscaler adds nodes up to it, and this limits the bill. At least 3.',
    },
    ...(needs.cluster === undefined
      ? []
      : [
          {
            name: 'database_machine_type',
            type: 'string',
            description: 'Size of the three database nodes, one in each zone.',
            check: size,
          } as const,
        ]),
  ];
}

const values: Readonly<Partial<Record<SettingName, Value>>> = {
  DOMAIN: variable('domain'),
  IMAGE_REGISTRY: attribute('images', 'login_server'),
  FRONT_DOOR_ADDRESS: attribute('front_door', 'name'),
  RESOURCE_GROUP: attribute('group', 'name'),
  TENANT: attribute('account', 'tenant_id', 'apply((account) => account.tenantId)'),
  SUBSCRIPTION: variable('subscription_id'),
  UPLOADS: attribute('files', 'name'),
  CERTIFICATE_IDENTITY: attribute('certificates', 'client_id'),
  SECRETS_IDENTITY: attribute('secrets', 'client_id'),
  SECRETS_PROJECT: text`${variable('unique_name')}vault.vault.azure.net`,
};

const outputs = (needs: Needs): readonly Output[] => [
  settingsOutput(needs, values),
  {
    name: 'name_servers',
    description: 'Where the domain has to be delegated to.',
    value: attribute('zone', 'name_servers'),
  },
  {
    name: 'front_door_address',
    description: 'Where customers will be sent.',
    value: attribute('front_door', 'ip_address'),
  },
  {
    name: 'image_registry',
    description: 'Where the images are pushed to: scripts/push-images.sh.',
    value: attribute('images', 'login_server'),
  },
  {
    name: 'backup_container',
    description: 'The container for backups.',
    value: text`${attribute('backups', 'name')}/backups`,
  },
  {
    name: 'connect',
    description: 'The command that lets kubectl reach the cluster; kubelogin is needed as well.',
    value: text`az aks get-credentials --resource-group ${attribute('group', 'name')} --name ${attribute('cluster', 'name')}`,
  },
];

/** What the stack runs on in Azure. */
export function aksProgram(needs: Needs): Program {
  return {
    provider: {
      name: 'azurerm',
      source: 'hashicorp/azurerm',
      version: '4.55.0',
      settings: { subscription_id: variable('subscription_id'), features: block({}) },
      pulumi: { package: '@pulumi/azure', version: '6.40.0', as: 'azure' },
      backend: { type: 'azurerm', fixed: { container_name: 'state', key: `${needs.name}.tfstate` } },
    },
    variables: variables(needs),
    subjects: [cluster(needs), storage(needs), frontDoor(needs)],
    outputs: outputs(needs),
  };
}
