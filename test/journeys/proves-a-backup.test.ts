import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { runRekindle } from '../../bench/rig/rekindle-command.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { primaryPod, shopKubectl, sql } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { journeyLab, say } from './journey-lab.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const stackFile = 'examples/jewelry-shop/rekindle.yaml';

test('a backup comes from a standby, is proven in a pod that goes away, and is restored beside the database', async () => {
  const lab = await journeyLab();
  for (const rights of ['rekindle-backup', 'rekindle-export'])
    await lab.kubectl(['apply', '-f', path.join(root, `deploy/rbac/${rights}.yaml`)]);
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
      parts: expect.arrayContaining(
        [
          { kind: 'roles', cluster: shop.database },
          { kind: 'database', readFrom: 'standby', tables: expect.any(Array) },
          { kind: 'redis' },
          { kind: 'objects', operators: ['postgres-operator'], missing: [] },
          { kind: 'cluster-definition', cluster: lab.cluster, nodes: 3 },
        ].map((of) => expect.objectContaining({ of: expect.objectContaining(of) })),
      ),
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
