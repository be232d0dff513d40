import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { openSite } from '../../bench/rig/ledger-processes.ts';
import { mendLab, rebuildLab } from '../../bench/rig/rebuilt-lab.ts';
import { runRekindle } from '../../bench/rig/rekindle-command.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { stages } from '../../bench/rig/stages.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { journeyLab, say } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

test(
  'cluster gone, backup left: everything comes back, and no order that was acknowledged before the backup’s position is lost',
  { timeout: 2_400_000 },
  async (context) => {
    skipWhen(context, onlyInTheFullRun);
    const lab = await journeyLab();
    await waitUntilSettled(lab, 240);
    const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-from-nothing-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { tell, done } = stages(say);
    const site = await openSite(lab, folder, `from-nothing-${Date.now()}`);
    const { backup, plan, restored, orders } = await rebuildLab(lab, site, {
      folder,
      tell,
      withImages: true,
    }).catch(async (error: unknown) => {
      // The journeys after this one need a lab.
      await mendLab(lab, tell);
      throw error;
    });
    done();
    for (const { id, seconds, detail } of restored.steps) say(`${seconds.toFixed(1)} s  ${id}: ${detail}`);
    say(`${restored.seconds.toFixed(0)} s; ${JSON.stringify(orders)}`);
    for (const { sentence } of restored.lost) say(sentence);
    expect(backup.proof.verdict).toBe('proven');
    expect(plan.steps.every(({ isDone }) => !isDone)).toBe(true);
    expect(restored.verdict).toMatchObject({ state: 'healthy' });
    expect(orders).toMatchObject({ lostBefore: 0, duplicated: 0 });
    expect(orders.acknowledgedBefore).toBeGreaterThanOrEqual(500);
    expect(orders.acknowledgedAfter).toBeGreaterThan(0);

    // The cluster is there now: it is left alone.
    const again = await runRekindle(lab, 'examples/jewelry-shop/rekindle.yaml', [
      'backup',
      'restore',
      '--from-nothing',
      '--yes',
      '--at',
      path.join(folder, 'backups'),
      '--key',
      path.join(folder, 'keys', 'backup.key'),
    ]);
    expect(again.exitCode).toBe(1);
    expect(again.json).toMatchObject({ error: { kind: 'RebuildRefused' } });
  },
);
