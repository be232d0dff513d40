import { attribute, block, text, variable, type Resource, type Subject } from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';
import { identityFor, place, right } from './cluster.ts';

/** What was deleted or overwritten can be brought back for so long, days. */
const daysBack = 30;

function files(): readonly Resource[] {
  return [
    {
      key: 'files',
      type: 'azurerm_storage_account',
      pulumi: 'azure.storage.Account',
      comment: 'Files of customers, in three zones; the cluster makes the share.',
      arguments: {
        name: text`${variable('unique_name')}files`,
        ...place,
        account_kind: 'FileStorage',
        account_tier: 'Premium',
        account_replication_type: 'ZRS',
        min_tls_version: 'TLS1_2',
        allow_nested_items_to_be_public: false,
        share_properties: block({ retention_policy: block({ days: daysBack }) }),
      },
      isKept: true,
    },
    right(
      'files_cluster',
      'Storage Account Contributor',
      'files',
      attribute(
        'cluster',
        'identity[0].principal_id',
        'identity.apply((identity) => identity!.principalId!)',
      ),
    ),
  ];
}

function vault({ grants }: Needs): readonly Resource[] {
  const reader = grants.find(({ may }) => may === 'read-secrets');
  if (reader === undefined) return [];
  return [
    {
      key: 'vault',
      type: 'azurerm_key_vault',
      pulumi: 'azure.keyvault.KeyVault',
      comment:
        'The place for secrets. Their values are put there by hand (README.md): neither these files nor the state have them.',
      arguments: {
        name: text`${variable('unique_name')}vault`,
        ...place,
        tenant_id: attribute('account', 'tenant_id', 'apply((account) => account.tenantId)'),
        sku_name: 'standard',
        rbac_authorization_enabled: true,
        purge_protection_enabled: true,
        soft_delete_retention_days: 90,
      },
      isKept: true,
    },
    ...identityFor(
      'secrets',
      `${reader.namespace}:${reader.serviceAccount}`,
      'External Secrets Operator may read the vault as this.',
    ),
    right('secrets_reader', 'Key Vault Secrets User', 'vault', attribute('secrets', 'principal_id')),
    {
      ...right('secrets_writer', 'Key Vault Secrets Officer', 'vault', variable('admin_group_id')),
      // With RBAC not even who made the vault may write into it (learn.microsoft.com/azure/key-vault/general/rbac-guide).
      comment: 'Who administers the cluster puts the secrets there: scripts/copy-secret.sh.',
    },
  ];
}

/** Backups, files, images and secrets, and who may use them. */
export function storage(needs: Needs): Subject {
  return {
    name: 'storage',
    about: 'Storage for backups and files, the registry for images, the vault for secrets; who may use them.',
    parts: [
      {
        key: 'account',
        data: 'azurerm_client_config',
        pulumi: 'azure.core.getClientConfigOutput',
        arguments: {},
      },
      {
        key: 'backups',
        type: 'azurerm_storage_account',
        pulumi: 'azure.storage.Account',
        comment: 'Backups. Deleted or overwritten, they can be brought back for 30 days.',
        arguments: {
          name: text`${variable('unique_name')}backups`,
          ...place,
          account_tier: 'Standard',
          account_replication_type: 'ZRS',
          min_tls_version: 'TLS1_2',
          allow_nested_items_to_be_public: false,
          blob_properties: block({
            versioning_enabled: true,
            delete_retention_policy: block({ days: daysBack }),
            container_delete_retention_policy: block({ days: daysBack }),
          }),
        },
        isKept: true,
      },
      {
        key: 'backups_container',
        type: 'azurerm_storage_container',
        pulumi: 'azure.storage.Container',
        arguments: { name: 'backups', storage_account_id: attribute('backups', 'id') },
      },
      ...(needs.settings.includes('UPLOADS') ? files() : []),
      {
        key: 'images',
        type: 'azurerm_container_registry',
        pulumi: 'azure.containerservice.Registry',
        arguments: {
          name: text`${variable('unique_name')}images`,
          ...place,
          sku: 'Standard',
          admin_enabled: false,
        },
      },
      right(
        'image_reader',
        'AcrPull',
        'images',
        attribute('cluster', 'kubelet_identity[0].object_id', 'kubeletIdentity.objectId'),
      ),
      ...vault(needs),
    ],
  };
}
