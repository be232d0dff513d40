import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { newIdentity } from '../../src/backup/encryption.ts';
import { measuredDatabase, measuredDatabases } from '../../src/backup/measured.ts';
import { parseMeasured } from '../../src/migrate/measured.ts';
import { document } from '../../src/report/json.ts';
import { backUpWithFiles, proveWithFiles } from '../fakes/lab-backup.ts';
import { labContainers, noLabContainer } from '../fakes/lab-container.ts';
import { labPrimary, psql } from '../fakes/lab-postgres.ts';
import { skipWhen } from '../fakes/skip-when.ts';

test('what a backup has measured is what a migration reads', { timeout: 60_000 }, async (context) => {
  skipWhen(context, noLabContainer);
  const root = mkdtempSync(path.join(tmpdir(), 'rekindle-measured-'));
  const containers = labContainers();
  onTestFinished(() => {
    containers.remove();
    rmSync(root, { recursive: true, force: true });
  });
  const key = await newIdentity();
  const primary = await labPrimary(containers, 'db-0');
  const many = 'CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, 5000) n';
  await psql(containers, primary, 'postgres', 'CREATE DATABASE shop', 'CREATE DATABASE other');
  for (const database of ['shop', 'other']) await psql(containers, primary, database, many);
  const backups = {
    containers,
    store: new FolderStore(root),
    recipient: key.recipient,
    said: [] as string[],
  };
  const manifest = await backUpWithFiles(backups, { primary });
  const proof = await proveWithFiles(backups, manifest.id, key.identity);
  const databases = measuredDatabases(manifest, proof);
  expect(databases.map(({ cluster, database }) => `${cluster}/${database}`)).toEqual([
    'shop-db/other',
    'shop-db/shop',
  ]);
  for (const entry of databases) measuredDatabase.parse(entry);

  // As `rekindle backup create --json > backup.json` writes it.
  const text = document('backup create', { place: root, backup: manifest, proof, databases });
  const sum = (of: (entry: (typeof databases)[number]) => number) =>
    databases.reduce((total, entry) => total + of(entry), 0);
  expect(parseMeasured(text)).toEqual({
    measured: {
      databaseBytes: sum(({ databaseBytes }) => databaseBytes),
      dumpSeconds: sum(({ dumpSeconds }) => dumpSeconds),
      restoreSeconds: sum(({ restoreSeconds }) => restoreSeconds),
      verifySeconds: sum(({ verifySeconds }) => verifySeconds),
    },
  });
});

test('a backup of which no database was proven has no times', () => {
  const text = document('backup create', { databases: [] });
  expect(parseMeasured(text)).toEqual({ problems: ['databases: no database of it was proven'] });
});
