import path from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';

import { component, dataShop, runningPod } from '../../../test/fakes/data-shop.ts';
import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import type { CommonOptions } from '../options.ts';
import { makeBackup } from './backup-create.ts';

/** No engine of this machine is asked. */
function withoutEngine(): void {
  const before = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = 'unix:///nowhere/docker.sock';
  onTestFinished(() => {
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  });
}

test('a database cluster that cannot be asked and a Redis that is not ready are missing, and the end is no good one', async () => {
  withoutEngine();
  const shop = dataShop();
  const crm = component('crm-db', 'patroni', { application: 'spilo', 'cluster-name': 'crm-db' });
  shop.stack = { ...shop.stack, components: [crm, component('redis', 'redis')], databases: [] };
  shop.pods = [runningPod('crm-db-0', crm.podLabels), runningPod('redis-0', { app: 'redis' }, false)];
  const folder = temporaryFolder();
  const options = { at: path.join(folder, 'backups'), key: path.join(folder, 'backup.key') };
  const { signal } = new AbortController();
  const { manifest, proof, code, answer } = await makeBackup(
    shop.session,
    options as CommonOptions & typeof options,
    signal,
  );
  expect(manifest.expected).toEqual({ databaseClusters: ['crm-db'], redis: ['redis'] });
  expect(manifest.leftOut.filter(({ isMissing }) => isMissing).map(({ what }) => what)).toEqual(
    expect.arrayContaining(['database cluster crm-db', 'Redis redis', 'how the cluster is made']),
  );
  expect(proof.verdict).toBe('could-not-tell');
  expect(proof.reasons).toContain('database cluster crm-db belongs to the stack and is not in it');
  expect(code).toBe(2);
  expect(answer.text).toMatch(/missing: Redis redis \(no pod of it is ready; .*adapter: workload/);
});
