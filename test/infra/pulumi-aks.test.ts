import { describe, expect, test } from 'vitest';

import { of, one, pulumiProgram, type Ran } from './pulumi-program.ts';

const records = (made: Ran) => of(made, 'ARecord').map(({ inputs }) => inputs['records']);

describe('the Pulumi program for aks with the database by operator', () => {
  const { made, again } = pulumiProgram('aks', 'operator', { 'jewelry-shop:serveFrom': 'new' });

  test('nodes in three zones, no account of the cluster’s own, identities by the cluster’s issuer', () => {
    expect(one(made(), 'KubernetesCluster')).toMatchObject({
      skuTier: 'Standard',
      oidcIssuerEnabled: true,
      workloadIdentityEnabled: true,
      localAccountDisabled: true,
      defaultNodePool: { zones: ['1', '2', '3'], minCount: 3 },
      networkProfile: { networkPolicy: 'cilium' },
      apiServerAccessProfile: { authorizedIpRanges: ['203.0.113.0/24'] },
    });
    expect(one(made(), 'KubernetesClusterNodePool')).toMatchObject({
      zones: ['1', '2', '3'],
      nodeTaints: ['dedicated=database:NoSchedule'],
      nodeLabels: { 'rekindle.dev/pool': 'database' },
    });
    const subjects = of(made(), 'FederatedIdentityCredential').map(({ inputs }) => inputs['subject']);
    expect(subjects).toEqual(['system:serviceaccount:cert-manager:cert-manager']);
  });

  test('storage is zone-redundant, versioned, and nobody’s to read', () => {
    expect(one(made(), 'Account', 'backups')).toMatchObject({
      accountReplicationType: 'ZRS',
      allowNestedItemsToBePublic: false,
      blobProperties: { versioningEnabled: true, deleteRetentionPolicy: { days: 30 } },
    });
    expect(one(made(), 'Account', 'files')).toMatchObject({
      accountKind: 'FileStorage',
      accountReplicationType: 'ZRS',
      shareProperties: { retentionPolicy: { days: 30 } },
    });
    expect(one(made(), 'Registry')).toMatchObject({ adminEnabled: false });
  });

  test('DNS leads nowhere, to the old address or to the new one, as it is told', async () => {
    expect(records(await again({ 'jewelry-shop:serveFrom': 'nowhere' }))).toEqual([]);
    expect(
      records(await again({ 'jewelry-shop:serveFrom': 'old', 'jewelry-shop:oldAddress': '198.51.100.7' })),
    ).toEqual([['198.51.100.7']]);
    expect(records(await again({}))).toEqual([['203.0.113.10']]);
  });
});
