import { describe, expect, test } from 'vitest';

import { localStack } from '../../test/fakes/local-stack.ts';
import { migratedExample } from '../../test/fakes/migrated.ts';
import { parseMeasured } from './measured.ts';
import { planMigration } from './plan-migration.ts';
import { quantityBytes } from './quantity.ts';
import { targets } from './targets/index.ts';

const measured = {
  databaseBytes: 8 * 1024 ** 3,
  dumpSeconds: 41.2,
  restoreSeconds: 63.9,
  verifySeconds: 12.5,
};

describe('the folder', () => {
  test('is the same every time, byte for byte', async () => {
    const [one, other] = [await migratedExample('gke', 'managed'), await migratedExample('gke', 'managed')];
    expect(one.files).toEqual(other.files);
    expect(Object.keys(one.files)).toEqual(Object.keys(other.files));
  });

  test.each([
    ['gke', 'schema of provider google 6.50.0'],
    ['eks', 'Less was looked at than for GKE'],
    ['aks', 'Less was looked at than for GKE'],
  ] as const)('for %s says in its first words what was not tried', async (id, words) => {
    const { files } = await migratedExample(id, 'operator');
    const readme = files['README.md'] ?? '';
    expect(readme.indexOf('What was not tried')).toBeLessThan(600);
    expect(readme).toContain('Nothing in this folder was ever applied to a cloud');
    expect(files['cut-over.md']).toContain('Nobody has run this runbook');
    expect(readme).toContain(words);
  });

  test('without an export has the infrastructure and the runbook, and says what it lacks', () => {
    const { files, changes } = planMigration({ kit: targets.gke, database: 'operator', read: undefined });
    expect(changes).toEqual([]);
    expect(files['README.md']).toContain('There was no export');
    expect(Object.keys(files).some((name) => name.startsWith('kubernetes/'))).toBe(false);
    expect(files['tofu/cluster.tf']).toContain('google_container_cluster');
  });

  test('tells the certificate of a managed database, which the provider of Google Cloud keeps for a secret', async () => {
    const { files } = await migratedExample('gke', 'managed');
    expect(files['tofu/outputs.tf']).toContain(
      'nonsensitive(google_sql_database_instance.database.server_ca_cert[0].cert)',
    );
    expect(files['pulumi/index.ts']).toContain('pulumi.unsecret(database.serverCaCerts[0].cert)');
  });

  test('for aks installs cert-manager with labels that are texts, and lets an Issuer of a namespace log in', async () => {
    const { files } = await migratedExample('aks', 'operator');
    const line = (files['README.md'] ?? '').split('\n').find((one) => one.includes('jetstack/cert-manager'));
    expect(
      line?.match(
        /--set-string '(podLabels|serviceAccount\.labels)\.azure\\\.workload\\\.identity\/use=true'/g,
      ),
    ).toHaveLength(2);
    expect(line).toContain("--set 'extraArgs={--issuer-ambient-credentials}'");
  });

  test('for aks names the tenant of the vault, and lets the administrators write into it', () => {
    const read = { manifests: localStack(), unread: [] };
    const { files } = planMigration({ kit: targets.aks, database: 'operator', read });
    expect(files['kubernetes/overlays/aks/resources/secretstore-key-vault.yaml']).toContain('tenantId: ');
    expect(files['kubernetes/overlays/aks/kustomization.yaml']).toMatch(
      /data\.TENANT[^]*?spec\.provider\.azurekv\.tenantId/,
    );
    expect(files['tofu/outputs.tf']).toContain('TENANT=${data.azurerm_client_config.account.tenant_id}');
    expect(files['tofu/storage.tf']).toMatch(
      /role_definition_name = "Key Vault Secrets Officer"\n +principal_id += var\.admin_group_id/,
    );
  });

  test.each(['gke', 'eks', 'aks'] as const)(
    'for %s makes no record of the front door while the domain leads nowhere',
    async (id) => {
      const { files } = await migratedExample(id, 'operator');
      const records = [
        ...(files['tofu/front-door.tf'] ?? '').matchAll(
          /resource "\w+" "(\w*front_door_record|(?:old|new)_front_door)" \{\n(.*)\n/g,
        ),
      ];
      expect(records.map(([, name]) => name)).toEqual(
        id === 'eks' ? ['new_front_door', 'old_front_door'] : ['front_door_record'],
      );
      for (const [, , first] of records)
        expect(first).toMatch(/ count = var\.serve_from == "nowhere" .*\? 0 : 1/);
    },
  );

  test.each([
    ['gke', /services enable cloudresourcemanager\.googleapis\.com serviceusage\.googleapis\.com/, '1.6'],
    ['eks', /aws s3 mb s3:\/\/STATE_BUCKET --region REGION\n/, '1.10'],
    ['aks', /role assignment create .*"Storage Blob Data Contributor"[^]*storage container create/, '1.6'],
  ] as const)(
    'for %s begins with commands that a new account takes, and says which Terraform it needs',
    async (id, words, version) => {
      const { files } = await migratedExample(id, 'operator');
      const readme = files['README.md'] ?? '';
      expect(readme).toMatch(words);
      expect(readme).toContain(`OpenTofu or Terraform (>= ${version})`);
      expect(files['tofu/versions.tf']).toContain(`required_version = ">= ${version}"`);
      expect(readme.includes('--database managed')).toBe(id !== 'aks');
    },
  );

  test('names no path of this machine, no date, and no text that was forgotten', () => {
    for (const kit of Object.values(targets)) {
      const { files } = planMigration({
        kit,
        database: 'operator',
        read: { manifests: localStack(), unread: ['x: why'] },
      });
      for (const [name, text] of Object.entries(files))
        // The last two are what somebody writes who means to come back: no file that is handed out may hold them.
        expect(text, name).not.toMatch(
          /(?<![?:] )\bundefined|\[object |NaN|\/root\/|20\d\d-\d\d-\d\dT|TODO|FIXME/,
        );
    }
  });
});

describe('the runbook', () => {
  test('has the measured numbers and their sum, and grows the database’s disk by them', async () => {
    const { files } = await migratedExample('gke', 'operator', { measured });
    const runbook = files['cut-over.md'] ?? '';
    expect(runbook).toContain('8.00 GiB');
    expect(runbook).toContain('**117.6 s**');
    expect(runbook).not.toContain('Not measured');
    expect(files['kubernetes/overlays/gke/patches/postgresql-jewelry-shop-db.yaml']).toContain('24Gi');
  });

  test('without them says so and has no number of seconds to wait', async () => {
    const { files } = await migratedExample('gke', 'operator');
    const runbook = files['cut-over.md'] ?? '';
    expect(runbook).toContain('**Not measured; run `rekindle backup create --json >backup.json`**');
    expect(runbook).not.toMatch(/\d+(\.\d+)? s\b(?! \*\*since)/);
  });

  test('keeps the order that saves the data', async () => {
    const { files } = await migratedExample('gke', 'operator');
    const runbook = files['cut-over.md'] ?? '';
    const steps = [
      'scale deployment/nginx --replicas=0',
      'scale deployment/celery-beat --replicas=0',
      'llen celery',
      'default_transaction_read_only = on',
      'tar -C /srv/uploads -cf -',
      'scale deployment/django --replicas=0',
      'pg_dump -U postgres',
      'digests-old.txt',
      'pg_restore --list /tmp/jewelry_shop.dump',
      'diff digests-old.txt digests-new.txt',
      'write "$first"',
      'serve_from = "new"',
      '## The way back',
      'RESET default_transaction_read_only',
    ];
    const places = steps.map((step) => runbook.indexOf(step, runbook.indexOf('## 1. Freeze')));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('names databases and roles as PostgreSQL takes them, and the infrastructure as its variable does', () => {
    const cluster = {
      apiVersion: 'acid.zalan.do/v1',
      kind: 'postgresql',
      metadata: { name: 'db', namespace: 'jewelry-shop-production' },
      spec: {
        numberOfInstances: 3,
        postgresql: { version: '17' },
        volume: { size: '5Gi' },
        users: { 'shop-owner': [] },
        databases: { Shop: 'shop-owner' },
      },
    };
    for (const database of ['operator', 'managed'] as const) {
      const read = { manifests: [cluster], unread: [] };
      const { files } = planMigration({ kit: targets.gke, database, read });
      const runbook = files['cut-over.md'] ?? '';
      expect(runbook.match(/\bDATABASE (IF EXISTS )?"?Shop(_back)?"? /g)).toEqual([
        'DATABASE "Shop" ',
        'DATABASE IF EXISTS "Shop" ',
        'DATABASE "Shop" ',
        'DATABASE "Shop" ',
        'DATABASE "Shop_back" ',
      ]);
      expect(runbook.match(/OWNER \S+/g)).toEqual(['OWNER "shop-owner"', 'OWNER "shop-owner"']);
      expect(runbook).toContain('export NAME=jewelry-shop-product ');
      expect(files['tofu/variables.tf']).toContain('default     = "jewelry-shop-product"');
    }
  });

  test('writes what the owner has declared, and reads it back, before DNS leads there', async () => {
    const { files } = await migratedExample('gke', 'operator');
    expect(files['cut-over.md']).toContain(
      `--data '{"ref":"rekindle-'"$1"'","amount":1}' "https://$DOMAIN"'/orders/'`,
    );
    expect(files['cut-over.md']).toContain('--resolve "$DOMAIN:443:$ADDRESS"');
    const other = planMigration({
      kit: targets.gke,
      database: 'operator',
      read: { manifests: localStack(), unread: [] },
    });
    expect(other.files['cut-over.md']).toContain('The stack declares no write for this');
  });
});

describe('numbers from elsewhere', () => {
  test.each([
    ['{', [/not JSON/]],
    ['{}', [/databaseBytes/, /dumpSeconds/, /restoreSeconds/, /verifySeconds/]],
    [JSON.stringify({ ...measured, dumpSeconds: -1 }), [/dumpSeconds/]],
    [JSON.stringify({ ...measured, databaseBytes: '3' }), [/databaseBytes/]],
  ])('%s are refused', (text, words) => {
    expect(parseMeasured(text)).toEqual({ problems: words.map((one) => expect.stringMatching(one)) });
  });

  test('are taken with whatever else is there', () => {
    expect(parseMeasured(JSON.stringify({ ...measured, other: 1 }))).toEqual({ measured });
  });

  test.each([
    ['100Mi', 100 * 1024 ** 2],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['50m', 0.05],
    ['2', 2],
    ['x', undefined],
    ['1Zi', undefined],
  ])('the quantity %s', (text, value) => {
    expect(quantityBytes(text)).toBe(value);
  });
});
