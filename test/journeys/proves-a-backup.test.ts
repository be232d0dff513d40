import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { giveRights } from '../../bench/rig/give-rights.ts';
import { runRekindle } from '../../bench/rig/rekindle-command.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { primaryPod, shopKubectl, sql } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { journeyLab, say } from './journey-lab.ts';

const stackFile = 'examples/jewelry-shop/rekindle.yaml';

/** Parts with these details, among others. */
const holding = (details: readonly object[]): unknown =>
  expect.arrayContaining(details.map((of) => expect.objectContaining({ of: expect.objectContaining(of) })));

test('a backup comes from a standby, is proven in a pod that goes away, and is restored beside the database', async () => {
  const lab = await journeyLab();
  await giveRights(lab, 'rekindle-backup', 'rekindle-export');
  await waitUntilSettled(lab, 150);
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-backups-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const place = ['--at', path.join(folder, 'backups'), '--key', path.join(folder, 'keys', 'backup.key')];
  const backup = (...words: readonly string[]) => runRekindle(lab, stackFile, ['backup', ...words, ...place]);

  const created = await backup('create');
  say(`backup create: ${JSON.stringify(created.json?.['proof'])}`);
  expect(created.exitCode, created.stderr).toBe(0);
  expect(created.json).toMatchObject({
    backup: {
      parts: holding([
        { kind: 'roles', cluster: shop.database },
        { kind: 'database', readFrom: 'standby', tables: expect.any(Array) },
        { kind: 'redis' },
        { kind: 'objects', operators: ['postgres-operator'], missing: [] },
        { kind: 'cluster-definition', cluster: lab.cluster, nodes: 3 },
      ]),
    },
    proof: { verdict: 'proven', reasons: [] },
  });
  const scratch = ['get', 'pods', '-l', 'app.kubernetes.io/name=rekindle-scratch', '-o', 'name'];
  expect((await shopKubectl(lab, scratch)).trim()).toBe('');

  const listed = await backup('list');
  expect(listed.json).toMatchObject({ backups: [{ proof: { verdict: 'proven' } }], unfinished: [] });

  const restored = await backup('restore');
  expect(restored.exitCode, restored.stderr).toBe(0);
  const { name } = (restored.json?.['restored'] ?? {}) as { readonly name?: string };
  const primary = await primaryPod(lab);
  const tables = await sql(
    lab,
    primary,
    "select count(*) from pg_tables where schemaname = 'public'",
    name ?? '',
  );
  expect(Number(tables)).toBeGreaterThan(0);
  await sql(lab, primary, `drop database "${name ?? ''}" with (force)`);
});

test("the server's files are proven by starting a server on them, and nothing of it stays", async () => {
  const lab = await journeyLab();
  await giveRights(lab, 'rekindle-backup');
  await waitUntilSettled(lab, 150);
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-backups-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const place = ['--at', path.join(folder, 'backups'), '--key', path.join(folder, 'keys', 'backup.key')];

  const created = await runRekindle(lab, stackFile, ['backup', 'create', '--physical', ...place]);
  say(`backup create --physical: ${JSON.stringify(created.json?.['proof'])}`);
  expect(created.exitCode, created.stderr).toBe(0);
  expect(created.json).toMatchObject({
    backup: {
      parts: holding([
        { kind: 'cluster', cluster: shop.database, readFrom: 'standby', checksums: true },
        { kind: 'roles' },
        { kind: 'database', readFrom: 'standby', sinceFiles: expect.any(Object) },
        { kind: 'redis' },
      ]),
    },
    proof: { verdict: 'proven', reasons: [] },
    databases: [{ databaseBytes: expect.any(Number), restoreSeconds: expect.any(Number) }],
  });
  const said = JSON.stringify(created.json?.['proof']);
  expect(said).toMatch(/pg_verifybackup found all \d+ files/);
  expect(said).toContain('pg_amcheck --heapallindexed');
  const slots = 'select count(*) from pg_replication_slots where temporary';
  expect(await sql(lab, await primaryPod(lab), slots, 'postgres')).toBe('0');

  const rescued = path.join(folder, 'rescued');
  const unpacked = await runRekindle(lab, stackFile, ['backup', 'restore', '--files', rescued, ...place]);
  expect(unpacked.exitCode, unpacked.stderr).toBe(0);
  expect(readdirSync(rescued)).toEqual(
    expect.arrayContaining(['PG_VERSION', 'backup_label', 'backup_manifest']),
  );
});

test('what the timer starts keeps what it is told to keep, and the age of the last proof is shown', async () => {
  const lab = await journeyLab();
  await giveRights(lab, 'rekindle-backup');
  await waitUntilSettled(lab, 150);
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-backups-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const place = ['--at', path.join(folder, 'backups'), '--key', path.join(folder, 'keys', 'backup.key')];
  const backup = (...words: readonly string[]) => runRekindle(lab, stackFile, ['backup', ...words, ...place]);
  const withoutKey = await backup('schedule', 'run', '--patience', '1s');
  expect(withoutKey.exitCode).not.toBe(0);

  expect((await backup('create')).exitCode).toBe(0);
  const first = await backup('list');
  const ran = await backup('schedule', 'run', '--keep-last', '1');
  expect(ran.exitCode, ran.stderr).toBe(0);
  const [gone] = (first.json?.['backups'] ?? []) as readonly { readonly id: string }[];
  expect(ran.json).toMatchObject({ deleted: [gone?.id], proof: { verdict: 'proven' } });
  const status = await runRekindle(lab, stackFile, ['status']);
  expect(status.json).toMatchObject({ backups: [expect.stringMatching(/^last proven backup: \d+ s ago/)] });
});
