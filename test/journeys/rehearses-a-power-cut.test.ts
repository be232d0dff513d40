import { expect, test } from 'vitest';

import { runRekindle } from '../../bench/rig/rekindle-command.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { journeyLab, say } from './journey-lab.ts';

const stackFile = 'examples/jewelry-shop/rekindle.yaml';

test('a rehearsal ends the whole cluster, brings it back, finds what was written, and the report knows it', async () => {
  const lab = await journeyLab();
  await waitUntilSettled(lab, 300);
  // The stack file names a pooler profile: on a new cluster the first run applies it.
  expect(await runRekindle(lab, stackFile, ['up'])).toMatchObject({ exitCode: 0 });
  const drill = await runRekindle(lab, stackFile, ['drill', '--yes']);
  say(`drill: exit code ${drill.exitCode}; ${JSON.stringify(drill.json?.['verdict'])}`);
  expect(drill.exitCode, drill.stderr).toBe(0);
  expect(drill.json).toMatchObject({
    ended: expect.arrayContaining([`k3d-${lab.cluster}-server-0`, `k3d-${lab.cluster}-serverlb`]),
    verdict: { state: 'healthy', proven: 'verified' },
    kept: [{ answer: 'yes' }, { answer: 'yes' }],
  });
  const report = await runRekindle(lab, stackFile, ['report']);
  const rows = (report.json?.['production'] ?? []) as readonly { readonly id: string }[];
  expect(rows.find(({ id }) => id === 'last-drill')).toMatchObject({ state: 'yes' });
});
