import { expect, test } from 'vitest';

import { allowHardening, runHarden } from '../../bench/rig/rekindle-harden.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import type { Lab } from '../../lab/lab.ts';
import { shopKubectl } from '../../src/drills/database.ts';
import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { shop } from '../../src/drills/shop.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { hardestCut } from './expect-recovery.ts';
import { journeyLab, say } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

const chosen = ['--only', 'redis-guard,wait-for-dependencies'];

/** Everything of the stack that names this program. */
async function traces(lab: Lab): Promise<string> {
  const kinds = 'deployments,statefulsets,poddisruptionbudgets';
  const objects = await shopKubectl(lab, ['get', kinds, '-o', 'yaml', '--show-managed-fields']);
  return objects
    .split('\n')
    .filter((line) => /rekindle-(harden|wait|redis-guard)|rekindle\.dev\/hardened/.test(line))
    .join('\n');
}

async function hardenedStack(lab: Lab): Promise<void> {
  const { exitCode, report, stderr } = await runHarden(lab, ['--apply', ...chosen]);
  for (const { target, outcome, detail } of report?.results ?? []) say(`${target}: ${outcome}: ${detail}`);
  expect(exitCode, stderr).toBe(0);
  const targets = report?.results.map(({ target, outcome }) => `${target} ${outcome}`);
  expect(targets?.sort()).toEqual([
    'Deployment jewelry-shop/celery-beat done',
    'Deployment jewelry-shop/celery-worker done',
    'Deployment jewelry-shop/nginx done',
    'StatefulSet jewelry-shop/redis done',
  ]);
}

test(
  'hardened, the shop comes back with nobody helping although Redis’s file ends in NUL bytes; undo leaves nothing',
  { timeout: 1_500_000 },
  async (context) => {
    skipWhen(context, onlyInTheFullRun);
    const lab = await journeyLab();
    skipWhen(context, hardestCut(lab) === 'power-loss' ? undefined : 'needs a lab that can lose its power');
    await waitUntilSettled(lab, 300);
    await allowHardening(lab);
    await runHarden(lab, ['--undo']);
    expect(await traces(lab)).toBe('');
    try {
      await hardenedStack(lab);
      const shown = await runHarden(lab, chosen);
      // The operator's Deployment is left to a person.
      const ours = (shown.report?.measures ?? []).filter(({ state }) => state !== 'by-hand');
      expect(ours.map(({ state }) => state)).toEqual(['applied', 'applied', 'applied', 'applied']);

      const drill = drillNamed('redis-file-damaged');
      const injection = await drill.inject(lab, nobodyHelps);
      // An order through the front door, with nobody helping.
      await lab.deployExample();
      await waitUntilSettled(lab, 300);
      const log = await shopKubectl(lab, ['logs', shop.redisPod, '-c', 'rekindle-redis-guard']);
      say(log.trim());
      expect(log).toMatch(/cut 4096 NUL bytes off appendonly\.aof\.\d+\.incr\.aof/);
      const key = ['exec', shop.redisPod, '-c', 'redis', '--', 'redis-cli', 'GET', 'rekindle-drill:0'];
      expect((await shopKubectl(lab, key)).trim()).toBe('kept');
      await drill.undo(lab, injection);
    } finally {
      const { exitCode, stderr } = await runHarden(lab, ['--undo']);
      expect(exitCode, stderr).toBe(0);
    }
    expect(await traces(lab)).toBe('');
    await waitUntilSettled(lab, 300);
  },
);

/** The namespace may have as many pods as it has, and not one more. */
async function withoutRoom(lab: Lab, work: () => Promise<void>): Promise<void> {
  const pods = (await shopKubectl(lab, ['get', 'pods', '-o', 'name'])).trim().split('\n').length;
  await shopKubectl(lab, ['create', 'quota', 'rekindle-journey', `--hard=pods=${pods}`]);
  try {
    await waitFor('a quota that is counted', 30, async () => {
      const used = ['get', 'quota', 'rekindle-journey', '-o', 'jsonpath={.status.used.pods}'];
      return (await shopKubectl(lab, used)).trim() === String(pods) ? true : undefined;
    });
    await work();
  } finally {
    await shopKubectl(lab, ['delete', 'quota', 'rekindle-journey']);
  }
}

test(
  'a measure whose new pod does not come up is taken back at once, and no pod was replaced',
  { timeout: 900_000 },
  async (context) => {
    skipWhen(context, onlyInTheFullRun);
    const lab = await journeyLab();
    await waitUntilSettled(lab, 300);
    await allowHardening(lab);
    const pods = ['get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}'];
    const before = await shopKubectl(lab, pods);
    await withoutRoom(lab, async () => {
      const args = ['--apply', '--only', 'wait-for-dependencies/deployment/celery-worker'];
      const { exitCode, report, stderr } = await runHarden(lab, args);
      say(JSON.stringify(report?.results));
      expect(exitCode, stderr).toBe(1);
      expect(report?.results).toMatchObject([
        { outcome: 'taken-back', detail: expect.stringContaining('exceeded quota') },
      ]);
    });
    expect(await shopKubectl(lab, pods)).toBe(before);
    expect(await traces(lab)).toBe('');
  },
);
