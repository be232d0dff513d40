import type { TargetText } from '../text/target-text.ts';

/** The words and commands of Azure. */
export const aksText: TargetText = {
  tools: ['az (the CLI) with kubelogin'],
  state: {
    commands: [
      'az group create --name STATE_GROUP --location REGION',
      'az storage account create --name STATE_ACCOUNT --resource-group STATE_GROUP --sku Standard_ZRS --allow-blob-public-access false',
      // The owner of the account may not read or write what is in it (learn.microsoft.com/azure/storage/blobs/assign-azure-role-data-access).
      'az role assignment create --assignee "$(az ad signed-in-user show --query id --output tsv)" --role "Storage Blob Data Contributor" --scope "$(az storage account show --name STATE_ACCOUNT --resource-group STATE_GROUP --query id --output tsv)"      # counts after some minutes',
      'az storage container create --name state --account-name STATE_ACCOUNT --auth-mode login',
    ],
    init: 'tofu init -backend-config=resource_group_name=STATE_GROUP -backend-config=storage_account_name=STATE_ACCOUNT -backend-config=use_azuread_auth=true',
    pulumi: "pulumi login 'azblob://state?storage_account=STATE_ACCOUNT'",
  },
  examples: { region: 'REGION', admin_ranges: '["ADDRESS/32"]' },
  before: [
    'az account show',
    'az vm list-skus --location REGION --size MACHINE_TYPE --zone --output table   # zones 1,2,3, and no restriction',
    'az vm list-usage --location REGION --output table | grep -i vcpus',
  ],
  registryLogin: 'az acr login --name "${registry%%.*}"',
  secretsNeed: ': "${VAULT:?the name of the vault: UNIQUE_NAMEvault}"',
  putSecret: 'az keyvault secret set --vault-name "$VAULT" --name "$stored" --file /dev/stdin --output none',
  getSecret: 'az keyvault secret show --vault-name "$VAULT" --name "$stored" --query value --output tsv',
  setPassword: [],
  administrator: { user: 'postgres', says: '', how: [] },
  ttlVariable: 'dns_ttl',
  certificate: ['kubectl --context "$NEW" -n "$NAMESPACE" get certificate front-door   # READY True'],
  address:
    'az network public-ip show --resource-group "$NAME" --name "$NAME-front-door" --query ipAddress --output tsv',
  platform: [
    // The labels have to be texts: the API refuses a label that is a boolean, and `--set` makes one of `true`. The Issuer is of a
    // namespace and logs in as the pod of cert-manager, which it may only with --issuer-ambient-credentials
    // (cert-manager.io/docs/configuration/acme/dns01/azuredns, Managed Identity Using AAD Workload Identity).
    '# cert-manager, which gets the certificate of the front door:',
    'helm repo add jetstack https://charts.jetstack.io',
    String.raw`helm upgrade --install cert-manager jetstack/cert-manager --version v1.21.2 --namespace cert-manager --create-namespace --set crds.enabled=true --set-string 'podLabels.azure\.workload\.identity/use=true' --set-string 'serviceAccount.labels.azure\.workload\.identity/use=true' --set 'extraArgs={--issuer-ambient-credentials}'`,
  ],
  billed: [
    'the control plane with its service level agreement',
    'nodes in three zones, and their disks',
    'zone-redundant disks and shares, which cost more than those in one zone',
    'the load balancer, its address and its traffic',
    'storage with all versions and what was deleted within 30 days',
  ],
  checked: [
    'The Pulumi program is type-checked against @pulumi/azure 6.40.0 and run against Pulumi’s mocks.',
    'The Terraform files are parsed, formatted by `terraform fmt`, and compared with the schema of provider azurerm 4.55.0 (names, blocks and required arguments; not values). `terraform validate`, `plan` and `apply` were never run with the provider.',
    'The overlay is built by `kubectl kustomize` and applied to a real API server (Kubernetes 1.34, dry run, strict validation), cert-manager’s objects against its own definitions (1.21.2).',
    'Less was looked at than for GKE: there is no managed database, backups of the operator’s database are a task, and nothing asks the front door from outside. Read every file before you use it.',
  ],
};
