import { describe, expect, test } from 'vitest';

import { of, one, pulumiProgram, type Ran } from './pulumi-program.ts';

/** Where the domain leads. */
const record = (made: Ran) => of(made, 'RecordSet').find(({ name }) => name === 'front-door-record')?.inputs;

/** Customers are on the new side. */
const served = { 'jewelry-shop:serveFrom': 'new' };

describe.each(['operator', 'managed'] as const)(
  'the Pulumi program for gke with the database by %s',
  (database) => {
    const { made, again } = pulumiProgram('gke', database, served);

    test('a regional cluster with nodes in three zones, without public addresses', () => {
      const zones = ['europe-west1-b', 'europe-west1-c', 'europe-west1-d'];
      expect(one(made(), 'Cluster')).toMatchObject({
        location: 'europe-west1',
        nodeLocations: zones,
        deletionProtection: true,
        datapathProvider: 'ADVANCED_DATAPATH',
        privateClusterConfig: { enablePrivateNodes: true },
        controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
        workloadIdentityConfig: { workloadPool: 'my-project-1.svc.id.goog' },
        gatewayApiConfig: { channel: 'CHANNEL_STANDARD' },
      });
      const pools = of(made(), 'NodePool');
      expect(pools.map(({ name }) => name)).toEqual(
        database === 'operator' ? ['general-nodes', 'database-nodes'] : ['general-nodes'],
      );
      for (const { inputs } of pools)
        expect(inputs).toMatchObject({
          nodeLocations: zones,
          autoscaling: { minNodeCount: 1 },
          management: { autoRepair: true, autoUpgrade: true },
          nodeConfig: {
            serviceAccount: 'nodes@my-project-1.iam.gserviceaccount.com',
            workloadMetadataConfig: { mode: 'GKE_METADATA' },
            shieldedInstanceConfig: { enableSecureBoot: true },
          },
        });
    });

    test('the database’s nodes take the database and nothing else', () => {
      const pool = of(made(), 'NodePool').find(({ name }) => name === 'database-nodes');
      const { machineType, labels, taints } = pool?.inputs['nodeConfig'] ?? {};
      const wanted = {
        machineType: 'e2-highmem-2',
        labels: { 'rekindle.dev/pool': 'database' },
        taints: [{ key: 'dedicated', value: 'database', effect: 'NO_SCHEDULE' }],
      };
      expect({ machineType, labels, taints }).toEqual(database === 'managed' ? {} : wanted);
    });

    test('nothing of the network is public but the front door', () => {
      expect(one(made(), 'Network')).toMatchObject({ autoCreateSubnetworks: false });
      expect(one(made(), 'Subnetwork')).toMatchObject({ privateIpGoogleAccess: true });
      expect(of(made(), 'RouterNat')).toHaveLength(1);
      const external = of(made(), 'GlobalAddress').filter(
        ({ inputs }) => inputs['addressType'] !== 'INTERNAL',
      );
      expect(external.map(({ name }) => name)).toEqual(['front-door']);
    });

    test('buckets are versioned, keep what was deleted, and are nobody’s to read', () => {
      const buckets = of(made(), 'Bucket');
      expect(buckets.map(({ name }) => name).sort()).toEqual(['backups', 'uploads']);
      for (const { inputs } of buckets)
        expect(inputs).toMatchObject({
          versioning: { enabled: true },
          softDeletePolicy: { retentionDurationSeconds: 30 * 86_400 },
          uniformBucketLevelAccess: true,
          publicAccessPrevention: 'enforced',
          forceDestroy: false,
        });
    });

    test('pods write buckets by workload identity, each only its own', () => {
      const pool = 'projects/123456789012/locations/global/workloadIdentityPools/my-project-1.svc.id.goog';
      const principal = (account: string) =>
        `principal://iam.googleapis.com/${pool}/subject/ns/jewelry-shop/sa/${account}`;
      const grants = of(made(), 'BucketIAMMember').map(({ inputs }) => [
        inputs['bucket'],
        inputs['role'],
        inputs['member'],
      ]);
      const uploads = ['my-project-1-jewelry-shop-uploads', 'roles/storage.objectUser', principal('django')];
      const backups =
        database === 'operator'
          ? ['my-project-1-jewelry-shop-backups', 'roles/storage.objectUser', principal('postgres-pod')]
          : [
              'my-project-1-jewelry-shop-backups',
              'roles/storage.objectAdmin',
              'serviceAccount:sql@example.iam.gserviceaccount.com',
            ];
      expect(grants).toHaveLength(2);
      expect(grants).toEqual(expect.arrayContaining([uploads, backups]));
      // No key is made anywhere.
      expect(made().resources.some(({ type }) => /[Kk]ey:/.test(type))).toBe(false);
    });

    test('Cloud SQL has no public address, wants TLS, is in two zones and can go back a week', () => {
      const instances = of(made(), 'DatabaseInstance');
      expect(instances).toHaveLength(database === 'managed' ? 1 : 0);
      if (database === 'operator') return;
      expect(instances[0]?.inputs).toMatchObject({
        databaseVersion: 'POSTGRES_15',
        deletionProtection: true,
        settings: {
          availabilityType: 'REGIONAL',
          deletionProtectionEnabled: true,
          ipConfiguration: { ipv4Enabled: false, sslMode: 'ENCRYPTED_ONLY', privateNetwork: 'network-id' },
          backupConfiguration: {
            enabled: true,
            pointInTimeRecoveryEnabled: true,
            transactionLogRetentionDays: 7,
            startTime: '03:00',
          },
          maintenanceWindow: { hour: 3 },
        },
      });
      expect(of(made(), 'Database').map(({ inputs }) => inputs['name'])).toEqual(['jewelry_shop']);
      // Neither program knows a password: nothing of it could be in a state.
      expect(of(made(), 'User')).toEqual([]);
      expect(of(made(), 'SecretVersion')).toEqual([]);
      expect(of(made(), 'Secret').map(({ inputs }) => inputs['secretId'])).toEqual([
        'jewelry-shop-database-jewelry-app',
      ]);
    });

    test('the certificate is proven by DNS before customers come, and TLS 1.2 is the least', () => {
      expect(one(made(), 'RecordSet', 'certificate-record')).toMatchObject({
        name: '_acme.shop.example.com.',
        type: 'CNAME',
        rrdatas: ['proof.example.net.'],
      });
      expect(one(made(), 'Certificate')).toMatchObject({ managed: { domains: ['shop.example.com'] } });
      expect(one(made(), 'SSLPolicy')).toMatchObject({ minTlsVersion: 'TLS_1_2' });
    });

    test('people are told', () => {
      expect(one(made(), 'NotificationChannel')).toMatchObject({
        labels: { email_address: 'night@example.com' },
      });
      expect(one(made(), 'UptimeCheckConfig')).toMatchObject({
        httpCheck: { path: '/health/', validateSsl: true },
      });
      for (const { inputs } of of(made(), 'AlertPolicy'))
        expect(inputs['notificationChannels']).toHaveLength(1);
    });

    test('DNS leads nowhere, to the old address or to the new one, as it is told', async () => {
      expect(record(await again({ 'jewelry-shop:serveFrom': 'nowhere' }))).toBeUndefined();
      expect(
        record(await again({ 'jewelry-shop:serveFrom': 'old', 'jewelry-shop:oldAddress': '198.51.100.7' })),
      ).toMatchObject({ rrdatas: ['198.51.100.7'], ttl: 60 });
      expect(record(await again({}))).toMatchObject({ name: 'shop.example.com.', rrdatas: ['203.0.113.10'] });
    });

    test.each([
      ['zones', { 'jewelry-shop:zones': '["europe-west1-b","europe-west1-b","europe-west1-d"]' }],
      ['domain', { 'jewelry-shop:domain': 'https://shop.example.com' }],
      ['quietHour', { 'jewelry-shop:quietHour': '3' }],
      ['machineType', { 'jewelry-shop:machineType': 'c4-standard-4' }],
    ])('a wrong value for %s is refused, by its name', async (name, wrong) => {
      await expect(again(wrong)).rejects.toThrow(`${name}: `);
    });
  },
);
