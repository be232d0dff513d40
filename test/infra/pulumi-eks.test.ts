import { describe, expect, test } from 'vitest';

import { of, one, pulumiProgram, type Ran } from './pulumi-program.ts';

/** Weight of each record of the front door. */
function weights(made: Ran): Readonly<Record<string, unknown>> {
  const weighted = of(made, 'Record').filter(({ inputs }) => inputs['setIdentifier'] !== undefined);
  return Object.fromEntries(
    weighted.map(({ inputs }) => [inputs['setIdentifier'], inputs['weightedRoutingPolicies'][0].weight]),
  );
}

const served = {
  'jewelry-shop:serveFrom': 'new',
  'jewelry-shop:frontDoorName': 'k8s-shop-1.eu-central-1.elb.amazonaws.com',
  'jewelry-shop:oldAddress': '198.51.100.7',
};

describe.each(['operator', 'managed'] as const)(
  'the Pulumi program for eks with the database by %s',
  (database) => {
    const { made, again } = pulumiProgram('eks', database, served);

    test('subnets and ways out in three zones, and nodes on the private ones only', () => {
      const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];
      const subnets = of(made(), 'Subnet');
      for (const kind of ['public', 'private'])
        expect(
          subnets.filter(({ name }) => name.startsWith(kind)).map(({ inputs }) => inputs['availabilityZone']),
        ).toEqual(zones);
      expect(new Set(subnets.map(({ inputs }) => inputs['cidrBlock'])).size).toBe(6);
      expect(subnets.some(({ inputs }) => inputs['mapPublicIpOnLaunch'] === true)).toBe(false);
      expect(of(made(), 'NatGateway')).toHaveLength(3);
      expect(one(made(), 'Cluster')).toMatchObject({
        deletionProtection: true,
        computeConfig: { enabled: true, nodePools: ['general-purpose', 'system'] },
        storageConfig: { blockStorage: { enabled: true } },
        kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
        accessConfig: { authenticationMode: 'API' },
        vpcConfig: {
          subnetIds: ['private-a-id', 'private-b-id', 'private-c-id'],
          publicAccessCidrs: ['203.0.113.0/24'],
          endpointPrivateAccess: true,
        },
      });
    });

    test('the bucket is versioned and private', () => {
      expect(one(made(), 'Bucket')).toMatchObject({ forceDestroy: false });
      expect(one(made(), 'BucketVersioning')).toMatchObject({
        versioningConfiguration: { status: 'Enabled' },
      });
      expect(one(made(), 'BucketPublicAccessBlock')).toMatchObject({
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
    });

    test('pods get their rights by Pod Identity, and no key is made', () => {
      const accounts = of(made(), 'PodIdentityAssociation').map(
        ({ inputs }) => `${inputs['namespace']}/${inputs['serviceAccount']}`,
      );
      const own = database === 'operator' ? 'jewelry-shop/postgres-pod' : 'external-secrets/external-secrets';
      expect(accounts.sort()).toEqual([own, 'kube-system/efs-csi-controller-sa'].sort());
      for (const { inputs } of of(made(), 'RolePolicy')) {
        const { Statement: statements } = JSON.parse(inputs['policy'] as string) as {
          readonly Statement: readonly {
            readonly Action: readonly string[];
            readonly Resource: string | readonly string[];
          }[];
        };
        for (const { Action: actions, Resource: resources } of statements) {
          expect(actions.join(' ')).not.toContain('*');
          expect([resources].flat()).not.toContain('*');
        }
      }
      expect(of(made(), 'AccessKey')).toEqual([]);
    });

    test('RDS is in two zones, private, encrypted, and AWS keeps its password', () => {
      const instances = of(made(), 'Instance');
      expect(instances).toHaveLength(database === 'managed' ? 1 : 0);
      if (database === 'operator') return;
      expect(instances[0]?.inputs).toMatchObject({
        engine: 'postgres',
        engineVersion: '15',
        multiAz: true,
        publiclyAccessible: false,
        storageEncrypted: true,
        manageMasterUserPassword: true,
        deletionProtection: true,
        skipFinalSnapshot: false,
        backupRetentionPeriod: 30,
        backupWindow: '03:00-03:30',
      });
      expect(instances[0]?.inputs['password']).toBeUndefined();
      expect(of(made(), 'SecretVersion')).toEqual([]);
    });

    test('DNS leads nowhere as long as it is told so, with both addresses known', async () => {
      expect(weights(await again({ 'jewelry-shop:serveFrom': 'nowhere' }))).toEqual({});
    });

    test('the cut-over moves the weight from one record to the other', async () => {
      expect(weights(await again({ 'jewelry-shop:serveFrom': 'old' }))).toEqual({ old: 100, new: 0 });
      expect(weights(await again({ 'jewelry-shop:serveFrom': 'new' }))).toEqual({ old: 0, new: 100 });
    });
  },
);
