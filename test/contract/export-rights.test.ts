import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { takeSnapshot } from '../../src/export/collect/take-snapshot.ts';
import { namespace, sharedExportLab, type ExportLab } from '../fakes/export-lab.ts';

const roles = join(import.meta.dirname, '../../deploy/rbac');

const lab = sharedExportLab();

const snapshotOf = ({ server }: ExportLab) =>
  takeSnapshot(createClusterReader(server.rekindle, { deadlineMs: 20_000 }), namespace);

describe('rights', () => {
  test('what may not be listed is missing by name, and what may be is there', async (context) => {
    const { kubectl } = lab(context);
    await kubectl.run(['apply', '-f', '-'], readFileSync(join(roles, 'rekindle.yaml'), 'utf8'));
    const { missing, objects } = await snapshotOf(lab(context));
    const what = missing.map((one) => one.what);
    expect(what).toEqual(
      expect.arrayContaining([
        'Secret (secrets)',
        'PodDisruptionBudget (poddisruptionbudgets.policy)',
        'Window (windows.shop.example.com)',
        'ClusterRoleBindings',
        'StorageClass local-path',
      ]),
    );
    expect(missing.every(({ why }) => why.includes('forbidden'))).toBe(true);
    expect(objects.map(({ kind }) => kind)).toContain('Deployment');
    expect(what).not.toContain('Deployment (deployments.apps)');
  });

  test('deploy/rbac/rekindle-export.yaml is enough for everything', async (context) => {
    const { kubectl } = lab(context);
    await kubectl.run(['apply', '-f', '-'], readFileSync(join(roles, 'rekindle-export.yaml'), 'utf8'));
    expect((await snapshotOf(lab(context))).missing).toEqual([]);
  });

  test('a group whose own server does not answer is missing, not absent', async (context) => {
    const { server } = lab(context);
    const path = '/apis/apiregistration.k8s.io/v1/apiservices';
    await server.request('POST', path, {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.gone.example.com' },
      spec: {
        group: 'gone.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: 'gone', namespace: 'gone', port: 443 },
      },
    });
    try {
      const { missing } = await snapshotOf(lab(context));
      expect(missing).toMatchObject([
        { what: 'the kinds of /apis/gone.example.com/v1', group: 'gone.example.com' },
      ]);
    } finally {
      await server.request('DELETE', `${path}/v1.gone.example.com`);
    }
  });

  test('a namespace that is not there is nothing to export', async (context) => {
    const reader = createClusterReader(lab(context).server.admin, { deadlineMs: 20_000 });
    await expect(takeSnapshot(reader, 'nowhere')).rejects.toThrow(/no such namespace \(nowhere\)/);
  });
});
