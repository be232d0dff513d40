import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { DatabaseChoice, TargetId } from '../../src/migrate/target.ts';
import { migratedExample, writeFiles } from '../fakes/migrated.ts';
import { parseHcl, type Json } from './hcl.ts';

const run = promisify(execFile);

const infra = path.join(import.meta.dirname, '../../infra');
const compiler = path.join(infra, 'node_modules/typescript/bin/tsc');

interface Made {
  readonly type: string;
  readonly name: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- inputs are looked into by matchers only
  readonly inputs: Readonly<Record<string, any>>;
}

interface Ran {
  readonly resources: readonly Made[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Writes the program below infra/, whose packages it finds there, and compiles it with its own settings. */
async function compiled(id: TargetId, database: DatabaseChoice): Promise<string> {
  const parent = path.join(infra, 'node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'program-'));
  folders.push(folder);
  const { files } = await migratedExample(id, database);
  writeFiles(folder, files);
  const program = path.join(folder, 'pulumi');
  try {
    await run(process.execPath, [compiler, '-p', '.'], { cwd: program });
  } catch (error) {
    throw new Error(`it does not compile: ${(error as { readonly stdout?: string }).stdout ?? ''}`, { cause: error });
  }
  return program;
}

async function ran(program: string, config: Readonly<Record<string, string>>): Promise<Ran> {
  const runner = path.join(import.meta.dirname, 'pulumi-runner.cjs');
  const { stdout } = await run(process.execPath, [runner, JSON.stringify(config)], { cwd: program });
  return JSON.parse(stdout) as Ran;
}

const gkeConfig = {
  'gcp:project': 'my-project-1',
  'gcp:region': 'europe-west1',
  'shop:zones': '["europe-west1-b","europe-west1-c","europe-west1-d"]',
  'shop:domain': 'shop.example.com',
  'shop:alertEmail': 'night@example.com',
  'shop:quietHour': '03',
  'shop:machineType': 'e2-standard-4',
  'shop:mostNodesPerZone': '3',
  'shop:databaseMachineType': 'e2-highmem-2',
  'shop:databaseTier': 'db-custom-2-7680',
  'shop:serveFrom': 'new',
};

const of = ({ resources }: Ran, type: string) => resources.filter((one) => one.type.endsWith(`:${type}`));
const one = (made: Ran, type: string, name?: string) => {
  const [found, ...others] = of(made, type).filter((entry) => name === undefined || entry.name === name);
  if (found === undefined || others.length > 0) throw new Error(`there is not one ${type} ${name ?? ''}`);
  return found.inputs;
};

describe.each(['operator', 'managed'] as const)('the Pulumi program for gke with the database by %s', (database) => {
  const program: { folder?: string; made?: Ran } = {};

  beforeAll(async () => {
    program.folder = await compiled('gke', database);
    program.made = await ran(program.folder, gkeConfig);
  }, 180_000);

  const made = (): Ran => {
    if (program.made === undefined) throw new Error('the program did not run');
    return program.made;
  };

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
    if (database === 'managed') expect(pool).toBeUndefined();
    else
      expect(pool?.inputs['nodeConfig']).toMatchObject({
        machineType: 'e2-highmem-2',
        labels: { 'rekindle.dev/pool': 'database' },
        taints: [{ key: 'dedicated', value: 'database', effect: 'NO_SCHEDULE' }],
      });
  });

  test('nothing of the network is public but the front door', () => {
    expect(one(made(), 'Network')).toMatchObject({ autoCreateSubnetworks: false });
    expect(one(made(), 'Subnetwork')).toMatchObject({ privateIpGoogleAccess: true });
    expect(of(made(), 'RouterNat')).toHaveLength(1);
    const external = of(made(), 'GlobalAddress').filter(({ inputs }) => inputs['addressType'] !== 'INTERNAL');
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
    const principal = (account: string) => `principal://iam.googleapis.com/${pool}/subject/ns/jewelry-shop/sa/${account}`;
    const grants = of(made(), 'BucketIAMMember').map(({ inputs }) => [inputs['bucket'], inputs['role'], inputs['member']]);
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
        backupConfiguration: { enabled: true, pointInTimeRecoveryEnabled: true, transactionLogRetentionDays: 7, startTime: '03:00' },
        maintenanceWindow: { hour: 3 },
      },
    });
    expect(of(made(), 'Database').map(({ inputs }) => inputs['name'])).toEqual(['jewelry_shop']);
    // Neither program knows a password: nothing of it could be in a state.
    expect(of(made(), 'User')).toEqual([]);
    expect(of(made(), 'SecretVersion')).toEqual([]);
    expect(of(made(), 'Secret').map(({ inputs }) => inputs['secretId'])).toEqual(['jewelry-shop-database-jewelry-app']);
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
    expect(one(made(), 'NotificationChannel')).toMatchObject({ labels: { email_address: 'night@example.com' } });
    expect(one(made(), 'UptimeCheckConfig')).toMatchObject({ httpCheck: { path: '/health/', validateSsl: true } });
    for (const { inputs } of of(made(), 'AlertPolicy')) expect(inputs['notificationChannels']).toHaveLength(1);
  });

  test('the outputs are the settings that the overlay asks for, with a value each', async () => {
    const { files } = await migratedExample('gke', database);
    const asked = [...(files['kubernetes/overlays/gke/settings.env.example'] ?? '').matchAll(/^([A-Z_]+)=$/gm)];
    const given = String(made().outputs['settingsEnv']).trimEnd().split('\n');
    expect(given.map((line) => line.split('=')[0])).toEqual(asked.map(([, name]) => name));
    for (const line of given) expect(line).toMatch(/^[A-Z_]+=[\w.:/-]+$/);
  });

  test('DNS leads nowhere, to the old address or to the new one, as it is told', async () => {
    const record = async (more: Readonly<Record<string, string>>) => {
      const again = await ran(program.folder ?? '', { ...gkeConfig, ...more });
      return of(again, 'RecordSet').find(({ name }) => name === 'front-door-record')?.inputs;
    };
    expect(await record({ 'shop:serveFrom': 'nowhere' })).toBeUndefined();
    expect(await record({ 'shop:serveFrom': 'old', 'shop:oldAddress': '198.51.100.7' })).toMatchObject({ rrdatas: ['198.51.100.7'], ttl: 60 });
    expect(await record({})).toMatchObject({ name: 'shop.example.com.', rrdatas: ['203.0.113.10'] });
  });

  test.each([
    ['zones', { 'shop:zones': '["europe-west1-b","europe-west1-b","europe-west1-d"]' }],
    ['domain', { 'shop:domain': 'https://shop.example.com' }],
    ['quietHour', { 'shop:quietHour': '3' }],
    ['machineType', { 'shop:machineType': 'c4-standard-4' }],
  ])('a wrong value for %s is refused, by its name', async (name, wrong) => {
    await expect(ran(program.folder ?? '', { ...gkeConfig, ...wrong })).rejects.toThrow(`${name}: `);
  });

  test('makes what the Terraform files make, kind by kind', async () => {
    const { files } = await migratedExample('gke', database);
    const texts = Object.entries(files).filter(([name]) => name.startsWith('tofu/'));
    const documents = await Promise.all(texts.map(([name, text]) => parseHcl(name, text)));
    const names = documents.flatMap((document) =>
      Object.values((document['resource'] ?? {}) as Readonly<Record<string, Readonly<Record<string, readonly Json[]>>>>).flatMap(
        (named) =>
          Object.entries(named).flatMap(([name, [found = {}]]) => {
            const each = /\$\{toset\((\[[\s\S]*\])\)\}/.exec(String(found['for_each'] ?? ''));
            const count = each === null ? 1 : [...(each[1] ?? '').matchAll(/"[^"]+"/g)].length;
            return Array.from({ length: count }, () => name.replaceAll('_', '-'));
          }),
      ),
    );
    // One of several is called after the resource and its member: the longest name that fits is meant.
    const longest = [...new Set(names)].toSorted((a, b) => b.length - a.length);
    const there = made().resources.map(
      ({ name }) => (names.includes(name) ? name : longest.find((known) => name.startsWith(`${known}-`))) ?? name,
    );
    expect([...there].sort()).toEqual([...names].sort());
  });
});
